// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import type { Activity } from "@/domain/activity";
import { rangeCover, unrecordedMs } from "@/domain/rangeCover";

const minute = 60_000;
const hour = { fromMs: 0, toMs: 60 * minute };
const late = 1_000 * minute;
const activity = (what: Partial<Activity> = {}): Activity => ({ steps: [], stepMs: minute, gaps: [], unwatched: [], knownFromMs: 0, lastStoredMs: late, ...what });
const gap = (from: number, to: number, lostCount = 0n) => ({ fromMs: from * minute, toMs: to * minute, lostCount });

describe("how much of a range is stored", () => {
  it.each([
    [60 * minute + 1, "all"],
    [59.5 * minute, "all"],
    [30 * minute, "part"],
    [0, "none"],
    [-1, "none"],
    [undefined, "all"],
  ] as const)("follows from the last stored event: %s ms is %s", (lastStoredMs, part) => {
    expect(rangeCover({ ...activity(), lastStoredMs } as Activity, hour, late).storedPart).toBe(part);
  });

  it("is nothing of a range that is shorter than events are on their way, too", () => {
    expect(rangeCover(activity({ lastStoredMs: 10 * minute }), { fromMs: 20 * minute, toMs: 20.5 * minute }, late).storedPart).toBe("none");
  });

  it("is not less because the range reaches beyond now", () => {
    expect(rangeCover(activity({ lastStoredMs: 30 * minute }), hour, 30.5 * minute).storedPart).toBe("all");
    expect(rangeCover(activity({ lastStoredMs: 30 * minute }), hour, 32 * minute).storedPart).toBe("part");
    expect(rangeCover(activity({ lastStoredMs: 30 * minute }), hour, late).unrecordedMs).toBe(30 * minute);
  });
});

describe("when memmond did not run", () => {
  it("is what gaps without a count say, as far as the range goes; the others are losses", () => {
    const cover = rangeCover(activity({ gaps: [gap(-10, 5), gap(20, 22, 9n), gap(30, 40), gap(60, 70)] }), hour, late);
    expect(cover.downtimes).toEqual([{ fromMs: 0, toMs: 5 * minute }, { fromMs: 30 * minute, toMs: 40 * minute }]);
    expect(cover).toMatchObject({ lostCount: 9n, storedPart: "all", unrecordedMs: 15 * minute, storedFromMs: undefined });
  });

  it("ends what is known of a range, where that ends in it", () => {
    const knownToMs = (...gaps: ReturnType<typeof gap>[]) => rangeCover(activity({ gaps }), hour, late).knownToMs;
    expect([knownToMs(gap(50, 90)), knownToMs(gap(50, 59)), knownToMs(gap(50, 90, 9n))]).toEqual([50 * minute, 60 * minute, 60 * minute]);
    expect(rangeCover(activity({ lastStoredMs: 30 * minute }), hour, late).knownToMs).toBe(30 * minute);
  });

  it("leaves nothing of a range that lies in it", () => {
    expect(rangeCover(activity({ gaps: [gap(-10, 70)] }), hour, late)).toMatchObject({ storedPart: "none", unrecordedMs: 60 * minute });
  });
});

describe("the time before anything was stored", () => {
  it("is told, and counted once where memmond did not run in it either", () => {
    const known = activity({ knownFromMs: 20 * minute, gaps: [gap(10, 30)] });
    expect(rangeCover(known, hour, late)).toMatchObject({ storedFromMs: 20 * minute, downtimes: [{ fromMs: 20 * minute, toMs: 30 * minute }], storedPart: "all" });
    expect(unrecordedMs(known, hour)).toBe(30 * minute);
  });

  it("is not what came within the minute of the oldest event", () => {
    expect(rangeCover(activity({ knownFromMs: minute }), hour, late)).toMatchObject({ storedPart: "all", storedFromMs: undefined, unrecordedMs: 0 });
    expect(rangeCover(activity({ knownFromMs: minute + 1 }), hour, late)).toMatchObject({ storedFromMs: minute + 1, unrecordedMs: minute + 1 });
  });

  it("leaves nothing of a range that is all of it, nor where nothing is stored", () => {
    expect(rangeCover(activity({ knownFromMs: 90 * minute }), hour, late)).toMatchObject({ storedPart: "none", storedFromMs: 90 * minute });
    expect(rangeCover({ ...activity(), knownFromMs: undefined, lastStoredMs: undefined } as unknown as Activity, hour, late).storedPart).toBe("none");
  });
});

it("is not known of a memmond that is older than the page", () => {
  expect(rangeCover(undefined, hour, late)).toMatchObject({ lostCount: undefined, unrecordedMs: undefined, storedPart: "all" });
});
