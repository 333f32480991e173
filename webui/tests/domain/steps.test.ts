// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { createFormats } from "@/domain/format";
import { byteRange, byteTicks, stepsOf, timeTicks, valueAt } from "@/domain/steps";

describe("a series as steps", () => {
  const points = [
    { atMs: 0, peaks: [9, 1], values: [4, 1] },
    { atMs: 5_000, peaks: [4, 1], values: [4, 1] },
    { atMs: 6_000, peaks: [7, 2], values: [5, 2] },
  ];

  it("hold the peak for its moment, then what came after it", () => {
    expect(stepsOf(points, 1_000, 0)).toEqual([
      { atMs: 0, value: 9 },
      { atMs: 1_000, value: 4 },
      { atMs: 6_000, value: 7 },
      { atMs: 7_000, value: 5 },
    ]);
    expect(stepsOf(points, 1_000, 1)).toEqual([{ atMs: 0, value: 1 }, { atMs: 6_000, value: 2 }]);
  });

  it("tell the value at a time", () => {
    const steps = stepsOf(points, 1_000, 0);
    expect([-1, 0, 999, 5_500, 99_000].map((ms) => valueAt(steps, ms))).toEqual([undefined, 9, 9, 4, 5]);
  });
});

describe("axes", () => {
  it("begin at 0, but for figures that are all far above it", () => {
    expect(byteRange(0, 1_000_000).from).toBe(0);
    const far = byteRange(9e9, 9.1e9);
    expect(far.from).toBeGreaterThan(8.7e9);
    expect(far.to).toBeGreaterThan(9.1e9);
    expect(byteRange(0, 0).to).toBeGreaterThan(0);
    expect(byteRange(7_000_000, 7_000_000).from).toBe(0);
  });

  it("have round values", () => {
    expect(byteTicks(0, 4096)).toEqual([0, 1024, 2048, 3072, 4096]);
    expect(byteTicks(100, 4096)).toEqual([1024, 2048, 3072, 4096]);
  });

  it("have values that read differently, however little a figure moves", () => {
    const { from, to } = byteRange(1_340_000_000, 1_340_004_096);
    const texts = byteTicks(from, to).map((value) => createFormats("en").bytes(BigInt(value)));
    expect(texts.length).toBeGreaterThan(1);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it("have round times of the local clock, and few of them", () => {
    expect(timeTicks(1_000, 31_000, 0)).toEqual([5_000, 10_000, 15_000, 20_000, 25_000, 30_000]);
    const half = 30 * 60_000;
    expect(timeTicks(0, 6 * 3_600_000, half)[0]).toBe(half);
    for (const hours of [1, 24, 24 * 30]) expect(timeTicks(0, hours * 3_600_000, 0).length).toBeLessThanOrEqual(7);
  });
});
