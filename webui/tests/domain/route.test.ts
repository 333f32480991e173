// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { dashboardHash, parseRoute, processHash } from "@/domain/route";

describe("the address", () => {
  it("names a process by its id and its start, and back", () => {
    const key = "812:90000000000123";
    expect(processHash(key)).toBe("#/process/812-90000000000123");
    expect(parseRoute(processHash(key))).toEqual({ name: "process", key, pid: 812 });
  });

  it("is the dashboard's wherever it says nothing else", () => {
    for (const hash of ["", "#", dashboardHash, "#/process/", "#/process/12", "#/process/x-1", "#/process/1-2/3", "#processes-title"]) {
      expect(parseRoute(hash), hash).toEqual({ name: "dashboard" });
    }
  });
});
