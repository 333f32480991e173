// SPDX-License-Identifier: Apache-2.0

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { GetActivityResponseSchema } from "@/gen/memmon/v1/memmon_pb";
import { type Activity, SeenActivity, joinActivity, lostIn, stepFor, toActivity } from "@/domain/activity";
import { bandBars, bandSpans } from "@/domain/band";

const minute = 60_000;

describe("what a page has seen itself", () => {
  it("counts what sums grew by, in steps", () => {
    const seen = new SeenActivity();
    seen.look(0, 1_000n, 10n);
    seen.look(5_000, 1_500n, 12n);
    seen.look(10_000, 1_700n, 13n);
    seen.look(15_000, 1_700n, 13n);
    expect(seen.activity(10_000, []).steps).toEqual([
      { atMs: 0, bytes: 500, calls: 2 },
      { atMs: 10_000, bytes: 200, calls: 1 },
    ]);
    expect(seen.activity(10_000, []).knownFromMs).toBe(0);
  });

  it("knows nothing of the time in which nobody looked", () => {
    const seen = new SeenActivity();
    seen.look(0, 0n, 0n);
    seen.look(60_000, 9_000n, 90n);
    seen.look(61_000, 9_100n, 91n);
    expect(seen.activity(minute, []).unwatched).toEqual([{ fromMs: 0, toMs: 60_000 }]);
    // Nothing need have been lost in it.
    expect(seen.activity(minute, []).gaps).toEqual([]);
    expect(seen.activity(minute, []).steps.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(100);
  });

  it("takes no sum that began anew for a growth", () => {
    const seen = new SeenActivity();
    seen.look(0, 5_000n, 0n);
    seen.look(1_000, 100n, 0n);
    seen.look(2_000, 150n, 0n);
    expect(seen.activity(minute, []).steps).toEqual([{ atMs: 0, bytes: 50, calls: 0 }]);
  });

  it("does not grow without a bound", () => {
    const seen = new SeenActivity();
    for (let i = 0; i < 40_000; i++) seen.look(i * 5_000, BigInt(i), 0n);
    expect(seen.activity(5_000, []).steps.length).toBeLessThanOrEqual(17_280);
    expect(seen.activity(5_000, []).steps.at(-1)?.atMs).toBe(39_999 * 5_000);
  });
});

const activity = (steps: readonly (readonly [number, number])[], more: Partial<Activity> = {}): Activity => ({
  steps: steps.map(([at, bytes]) => ({ atMs: at * minute, bytes, calls: 1 })),
  stepMs: minute,
  gaps: [],
  unwatched: [],
  knownFromMs: 0,
  ...more,
});

describe("stored and seen as one", () => {
  it("takes the larger of a step, and keeps what the store says is missing", () => {
    const gaps = [{ fromMs: minute, toMs: 2 * minute, lostCount: 3n }];
    const joined = joinActivity(activity([[0, 10], [2, 50]], { gaps, knownFromMs: 7 }), activity([[2, 40], [3, 8]], { knownFromMs: 2 * minute }), 4 * minute);
    expect(joined.steps.map(({ atMs, bytes }) => [atMs / minute, bytes])).toEqual([[0, 10], [2, 50], [3, 8]]);
    expect(joined.gaps).toEqual(gaps);
    expect(joined.knownFromMs).toBe(7);
  });

  it("knows what was lost or not watched after the store was asked from the page alone", () => {
    const at = (from: number) => ({ fromMs: from * minute, toMs: (from + 1) * minute });
    const stored = activity([], { gaps: [{ ...at(1), lostCount: 3n }] });
    const seen = activity([], { gaps: [{ ...at(1), lostCount: 3n }, { ...at(5), lostCount: 8n }], unwatched: [at(2), at(6)] });
    const joined = joinActivity(stored, seen, 4 * minute);
    expect(joined.gaps.map(({ lostCount }) => lostCount)).toEqual([3n, 8n]);
    expect(joined.unwatched).toEqual([at(6)]);
  });
});

describe("an answer of the service", () => {
  it("is read with its gaps, and lost events are counted where they touch a range", () => {
    const read = toActivity(
      create(GetActivityResponseSchema, {
        points: [{ time: timestampFromMs(minute), requestedBytes: 4_096n, callCount: 2n }],
        resolution: { seconds: 60n },
        gaps: [{ startTime: timestampFromMs(10_000), endTime: timestampFromMs(20_000), eventCount: 5n }],
        oldestTime: timestampFromMs(3_000),
      }),
    );
    expect(read.steps).toEqual([{ atMs: minute, bytes: 4_096, calls: 2 }]);
    expect(read.knownFromMs).toBe(3_000);
    expect(lostIn(read.gaps, { fromMs: 15_000, toMs: 30_000 })).toBe(5n);
    expect(lostIn(read.gaps, { fromMs: 20_000, toMs: 30_000 })).toBe(0n);
  });
});

describe("the band", () => {
  const bounds = { fromMs: 0, toMs: 4 * minute };

  it("draws the highest step as high as it is itself, and none where there is none", () => {
    const { path, peak } = bandBars(activity([[0, 100], [2, 50]]), bounds, 400, 40);
    expect(peak).toBe(100);
    expect(path).toBe("M0.0 40V0.0H99.0V40ZM200.0 40V20.0H299.0V40Z");
    expect(bandBars(activity([]), bounds, 400, 40)).toEqual({ path: "", peak: 0, scale: 0, cut: [] });
  });

  it("cuts the one step that would leave nothing of the others to be seen, and says which", () => {
    const steps = Array.from({ length: 30 }, (_, i): [number, number] => [i, i === 7 ? 100_000 : 40 + i]);
    const { path, peak, scale, cut } = bandBars(activity(steps), { fromMs: 0, toMs: 30 * minute }, 300, 40);
    expect(peak).toBe(100_000);
    expect(cut).toEqual([{ fromMs: 7 * minute, toMs: 8 * minute, bytes: 100_000, x: 74.5, width: 9 }]);
    expect(scale).toBeGreaterThanOrEqual(69);
    expect(scale).toBeLessThan(100);
    // As high as the band and no higher; the others to the scale.
    const tops = [...path.matchAll(/V(\d+\.\d)/g)].map(([, top]) => Number(top));
    expect(tops[7]).toBe(0);
    expect(tops[10]).toBeCloseTo(40 - (50 / scale) * 40, 1);
  });

  it("cuts nothing where the highest are not much higher, are many, or there are few", () => {
    const bars = (bytes: readonly number[]) => {
      const steps = bytes.map((each, i): [number, number] => [i, each]);
      return bandBars(activity(steps), { fromMs: 0, toMs: bytes.length * minute }, 300, 40);
    };
    for (const bytes of [
      [...Array<number>(29).fill(50), 290],
      [...Array<number>(26).fill(50), 9_000, 9_000, 9_000, 9_000],
      [50, 50, 9_000],
    ]) {
      expect(bars(bytes).cut).toEqual([]);
      expect(bars(bytes).scale).toBe(bars(bytes).peak);
    }
  });

  it("shows gaps as far as they are within, and from when on it knows anything", () => {
    const gap = { fromMs: 3 * minute, toMs: 9 * minute, lostCount: 1n };
    const spans = bandSpans(activity([], { gaps: [gap, { ...gap, fromMs: 5 * minute }], knownFromMs: minute }), bounds);
    expect(spans.gaps).toEqual([{ ...gap, toMs: 4 * minute }]);
    expect(spans.unknown).toEqual({ fromMs: 0, toMs: minute });
    const unwatched = [{ fromMs: -minute, toMs: minute }, { fromMs: 5 * minute, toMs: 6 * minute }];
    expect(bandSpans(activity([], { unwatched }), bounds).unwatched).toEqual([{ fromMs: 0, toMs: minute }]);
    expect(bandSpans(activity([], { knownFromMs: undefined }), bounds).unknown).toEqual(bounds);
  });

  it("has some hundred steps, of lengths that people think in", () => {
    expect(stepFor(60 * minute)).toBe(15_000);
    expect(stepFor(24 * 60 * minute)).toBe(600_000);
    expect(stepFor(7 * 24 * 60 * minute)).toBe(3_600_000);
  });
});
