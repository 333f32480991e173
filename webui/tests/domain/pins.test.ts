// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { formatPins, parsePins } from "@/domain/pins";

describe("pins", () => {
  it("are there at the next visit, in their order", () => {
    expect(parsePins(formatPins("b1", ["7:90", "3:4"]), "b1")).toEqual(["7:90", "3:4"]);
  });

  it("of another start of the host are none", () => {
    expect(parsePins(formatPins("b1", ["7:90"]), "b2")).toEqual([]);
  });

  it("are left out where they are no keys", () => {
    expect(parsePins("b1 7:90 x 8:", "b1")).toEqual(["7:90"]);
    for (const text of [undefined, "", "b1"]) expect(parsePins(text, "b1")).toEqual([]);
  });

  it("do not grow without end: the latest stay", () => {
    const keys = Array.from({ length: 80 }, (_, i) => `${i}:1`);
    expect(parsePins(formatPins("b1", keys), "b1")).toEqual(keys.slice(30));
  });
});
