// SPDX-License-Identifier: Apache-2.0

import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { historyProblem } from "@/domain/historyProblem";

describe("why there is no history", () => {
  it.each([
    [Code.FailedPrecondition, "off"],
    [Code.Unimplemented, "old"],
    [Code.Unavailable, "down"],
    [Code.DeadlineExceeded, "slow"],
    [Code.NotFound, "unknown"],
    [Code.PermissionDenied, "denied"],
    [Code.Unauthenticated, "denied"],
    [Code.Internal, "other"],
  ])("follows from the error, whose words are kept: %s", (code, kind) => {
    expect(historyProblem(new ConnectError("so it is", code))).toEqual({ kind, words: "so it is" });
  });

  it("is that nobody answers, without the browser's words", () => {
    expect(historyProblem(ConnectError.from(new TypeError("Failed to fetch")))).toEqual({ kind: "unreachable", words: "" });
  });
});
