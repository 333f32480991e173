// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { SourceStatus_Cause as Cause } from "@/gen/memmon/v1/status_pb";
import { sourceProblem } from "@/domain/sourceProblem";

describe("what is wrong with the source", () => {
  it.each([
    [Cause.MISSING, "missing"],
    [Cause.NO_PERMISSION, "permission"],
    [Cause.BUSY, "busy"],
    [Cause.OTHER_VERSION, "version"],
    [Cause.UNSPECIFIED, "other"],
    [undefined, "other"],
    // Of a newer memmond.
    [99 as Cause, "other"],
  ])("has words for %s: %s", (cause, name) => {
    expect(sourceProblem(cause)).toBe(name);
  });
});
