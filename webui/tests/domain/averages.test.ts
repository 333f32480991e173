// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import type { Activity } from "@/domain/activity";
import { perSecond, ratesOf } from "@/domain/averages";
import { rangeCover } from "@/domain/rangeCover";

const minute = 60_000;
const hour = { fromMs: 0, toMs: 60 * minute };
const activity = (what: Partial<Activity> = {}): Activity => ({ steps: [], stepMs: minute, gaps: [], unwatched: [], knownFromMs: 0, ...what });
const down = (from: number, to: number) => ({ fromMs: from * minute, toMs: to * minute, lostCount: 0n });

describe("an average of a range", () => {
  const average = (what: Partial<Activity>, nowMs = 90 * minute) => perSecond(3_600n, rangeCover(activity(what), hour, nowMs));

  it("is over all of it where all of it is stored, also where some was lost", () => {
    expect(average({})).toBe(1);
    expect(average({ gaps: [{ ...down(10, 40), lostCount: 7n }] })).toBe(1);
  });

  it("is over the time in which memmond ran, and of which something is stored", () => {
    expect(average({ gaps: [down(0, 48)] })).toBe(5);
    expect(average({ knownFromMs: 30 * minute })).toBe(2);
    expect(average({ lastStoredMs: 15 * minute })).toBe(4);
    expect(average({ gaps: [down(-5, 15), down(30, 45)], knownFromMs: 0 })).toBe(2);
  });

  it("takes off once what is missing for two reasons", () => {
    expect(average({ lastStoredMs: 30 * minute, gaps: [down(30, 60)] })).toBe(2);
    expect(average({ knownFromMs: 30 * minute, gaps: [down(10, 30)] })).toBe(2);
  });

  it("is over what has been of it until now", () => {
    expect(average({}, 15 * minute)).toBe(4);
    expect(average({ lastStoredMs: 60 * minute }, 15 * minute)).toBe(1);
  });

  it("is none of a range of which nothing is stored, or that has not been", () => {
    expect(average({ gaps: [down(-1, 61)] })).toBeUndefined();
    expect(average({}, -minute)).toBeUndefined();
  });

  it("is over all of it of a memmond that cannot tell", () => {
    expect(perSecond(7_200, rangeCover(undefined, hour, 90 * minute))).toBe(2);
  });
});

describe("bytes a second in the steps of a range", () => {
  const steps = [[1, 600], [3, 60]].map(([at = 0, bytes = 0]) => ({ atMs: at * minute, bytes, calls: 1 }));
  const range = { fromMs: minute, toMs: 4 * minute };

  it("are of every step, 0 where nothing was asked for", () => {
    expect(ratesOf(activity({ steps }), range)).toEqual([10, 0, 1]);
    expect(ratesOf(activity({ steps }), { fromMs: 1.5 * minute, toMs: 3.5 * minute })).toEqual([10, 0, 1]);
  });

  it("are over the part of a step that is stored, and none where none of it is", () => {
    expect(ratesOf(activity({ steps, gaps: [down(1.5, 3)] }), range)).toEqual([20, undefined, 1]);
    expect(ratesOf(activity({ steps }), range, 2 * minute)).toEqual([10, undefined, undefined]);
  });
});
