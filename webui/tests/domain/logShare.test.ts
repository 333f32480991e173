// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { Brought, LogShare } from "@/domain/logShare";

/** A message of two groups: `left` of each left out for the `came` that came. */
function message(atMs: number, lastId: number, came: number, left: number): Brought {
  const brought = new Brought(atMs, lastId);
  for (let i = 0; i < came; i++) brought.add("mmap");
  brought.leaveOut("mmap", left);
  brought.leaveOut("brk", 10 * left);
  return brought;
}

describe("what a stream left out", () => {
  it("is counted by group, of those that are asked for", () => {
    const share = new LogShare();
    share.add(message(1_000, 1, 2, 3));
    share.add(message(1_100, 5, 4, 1));
    expect(share.leftOutSince(new Set(["mmap"]), 0)).toBe(4);
    expect(share.leftOutSince(new Set(["mmap", "brk"]), 0)).toBe(44);
    expect(share.leftOutSince(new Set(["mmap"]), 2)).toBe(1);
    expect(share.leftOutSince(new Set(["munmap"]), 0)).toBe(0);
    expect(share.isPart("brk")).toBe(true);
    expect(share.isPart("life")).toBe(false);
  });

  it("is a rate of the last three seconds, or since the stream began", () => {
    const share = new LogShare();
    const groups = new Set(["mmap"] as const);
    for (let i = 0; i <= 100; i++) share.add(message(i * 100, i, 5, 2));
    expect(share.lately(groups, 10_000)).toEqual({ count: 21, of: 72 });
    share.begin(8_000);
    expect(share.lately(groups, 10_000)).toEqual({ count: 21, of: 74 });
    expect(share.lately(groups, 8_500)).toBeUndefined();
    expect(share.lately(groups, 14_000)).toBeUndefined();
  });

  it("is remembered of the latest 2,400 messages", () => {
    const share = new LogShare();
    for (let i = 0; i < 3_000; i++) share.add(message(i, i, 0, 1));
    expect(share.leftOutSince(new Set(["mmap"]), 0)).toBe(2_400);
    expect(share.leftOutSince(new Set(["mmap"]), 2_999)).toBe(1);
  });
});
