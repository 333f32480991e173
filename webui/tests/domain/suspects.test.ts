// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { Series } from "@/domain/series";
import { longestSuspect, rankSuspects, suspect } from "@/domain/suspects";
import { row } from "../builders";

const MiB = 2 ** 20;

/** What a process held, looked at once a second. */
function watched(seconds: number, held: (second: number) => number): Series {
  const series = new Series();
  for (let second = 0; second <= seconds; second++) series.add(second * 1_000, [held(second), 0]);
  return series;
}

const options = (seconds: number, unwatched: { fromMs: number; toMs: number }[] = []) => ({ spanMs: 300_000, nowMs: seconds * 1_000, unwatched });
const look = (series: Series, seconds: number, unwatched: { fromMs: number; toMs: number }[] = []) =>
  suspect(row(1), series, options(seconds, unwatched));

describe("a suspect", () => {
  it("has grown steadily, and says how fast", () => {
    const found = look(watched(240, (second) => second * MiB), 240);
    expect(found).toMatchObject({ grewShare: 1, keptShare: 1, fromMs: 0 });
    expect((found?.perMinute ?? 0) / (60 * MiB)).toBeCloseTo(1, 1);
    // The series takes seconds together.
    expect(found?.values.at(0)).toBeLessThanOrEqual(2 * MiB);
    expect(found?.values.at(-1)).toBe(240 * MiB);
  });

  it("may give some of it back", () => {
    const found = look(watched(240, (second) => second * MiB - (Math.floor(second / 10) % 4 === 3 ? 15 * MiB : 0)), 240);
    expect(found?.grewShare).toBeGreaterThan(0.6);
    expect(found?.keptShare).toBeGreaterThan(0.7);
    expect(found?.keptShare).toBeLessThan(1);
  });

  it.each<[string, (second: number) => number]>([
    ["gives back what it takes", (second) => (second % 20) * MiB],
    ["took much at once, at its beginning", (second) => (second < 5 ? 0 : 900 * MiB)],
    ["shrinks", (second) => (300 - second) * MiB],
    ["stands still", () => 900 * MiB],
    ["grows by next to nothing", (second) => second * 100],
  ])("is none that %s", (_name, held) => {
    expect(look(watched(240, held), 240)).toBeUndefined();
  });

  it("is none that ended, or was watched for some seconds alone", () => {
    const series = watched(240, (second) => second * MiB);
    expect(suspect(row(1, { ended: true }), series, options(240))).toBeUndefined();
    expect(look(watched(8, (second) => second * MiB), 8)).toBeUndefined();
    expect(look(new Series(), 240)).toBeUndefined();
  });

  it("is looked at in the time asked for, not before", () => {
    // It grew for ten minutes, and has stood still for six.
    const series = watched(960, (second) => Math.min(second, 600) * MiB);
    expect(suspect(row(1), series, { ...options(960), spanMs: 300_000 })).toBeUndefined();
    expect(suspect(row(1), series, { ...options(960), spanMs: 960_000 })).toBeDefined();
  });

  it("is told over the longest time in which it is one", () => {
    const seen = { nowMs: 1_800_000, unwatched: [] };
    const whole = longestSuspect(row(1), watched(1_800, (second) => second * MiB), seen);
    expect(whole?.fromMs).toBe(0);
    // It went up and down, and has only grown for the last four minutes.
    const late = watched(1_800, (second) => (second < 1_560 ? (second % 40) * 20 * MiB : second * MiB));
    const found = longestSuspect(row(1), late, seen);
    expect(found?.fromMs).toBeGreaterThanOrEqual(1_800_000 - 300_000);
    expect(longestSuspect(row(1), watched(1_800, () => MiB), seen)).toBeUndefined();
  });

  it("is not one for what happened while nobody looked", () => {
    const series = watched(240, (second) => (second < 60 ? 0 : (second - 60) * MiB));
    expect(look(series, 240, [{ fromMs: 60_000, toMs: 240_000 }])).toBeUndefined();
    const rest = look(series, 240, [{ fromMs: 60_000, toMs: 120_000 }]);
    expect(rest?.growth).toBeLessThan(130 * MiB);
    expect((rest?.perMinute ?? 0) / MiB).toBeGreaterThan(35);
  });

  it("says where records about it may be missing", () => {
    expect(suspect(row(1, { uncertain: true }), watched(240, (second) => second * MiB), options(240))?.uncertain).toBe(true);
  });
});

describe("suspects", () => {
  it("stand in the order of how fast they grow, a few of them", () => {
    const series = new Map([1, 3, 2].map((speed) => [`${speed}:1`, watched(240, (second) => second * speed * MiB)]));
    const ranked = rankSuspects([row(1), row(2), row(3), row(4)], (key) => series.get(key), options(240), 2);
    expect(ranked.map(({ row: { pid } }) => pid)).toEqual([3, 2]);
  });
});
