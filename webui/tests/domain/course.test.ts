// SPDX-License-Identifier: Apache-2.0

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { EventKind } from "@/gen/memmon/v1/event_pb";
import { GetProcessHistoryResponseSchema } from "@/gen/memmon/v1/memmon_pb";
import { barSteps, clipCourse, type Course, joinCourse, laidOver, marksOf, piecesOf, toCourse } from "@/domain/course";
import { asOf } from "@/domain/process";
import { event, row } from "../builders";

const stored = toCourse(
  create(GetProcessHistoryResponseSchema, {
    resolution: { seconds: 10n },
    process: { pid: 1, startNs: 1n, name: "cc", startTime: timestampFromMs(2_000), endTime: timestampFromMs(90_000) },
    points: [
      { time: timestampFromMs(0), heldBytes: 10n, virtualSizeBytes: 100n, maxVirtualSizeBytes: 150n, requestedBytes: 30n, releasedBytes: 20n, mmapCount: 2n },
      { time: timestampFromMs(40_000), heldBytes: 5n, virtualSizeBytes: 90n, maxVirtualSizeBytes: 90n, requestedBytes: 1n, failedCount: 1n },
    ],
    gaps: [{ startTime: timestampFromMs(50_000), endTime: timestampFromMs(60_000), eventCount: 9n }],
  }),
  [event({ kind: EventKind.EXEC, processName: "as", eventTime: timestampFromMs(4_000) })],
  { fromMs: 0, toMs: 80_000 },
);

describe("another time of the same process", () => {
  it("is laid over this one by their beginnings, and ends with it", () => {
    const course = { held: [{ atMs: 100, value: 1 }, { atMs: 150, value: 2 }, { atMs: 220, value: 3 }], virtualSize: [{ atMs: 100, value: 9 }], fromMs: 100, toMs: 300, unwatched: [], gaps: [], marks: [] };
    const over = laidOver(course, { fromMs: 1_000, toMs: 1_100 });
    expect(over.held).toEqual([{ atMs: 1_000, value: 1 }, { atMs: 1_050, value: 2 }]);
    expect(over.virtualSize).toEqual([{ atMs: 1_000, value: 9 }]);
    expect(over).toMatchObject({ fromMs: 1_000, toMs: 1_100 });
    // A shorter one ends sooner.
    expect(laidOver({ ...course, toMs: 140 }, { fromMs: 1_000, toMs: 1_100 }).toMs).toBe(1_040);
  });
});

describe("a stored course", () => {
  it("draws each step's highest size, then what it came down to", () => {
    expect(stored.held).toEqual([{ atMs: 0, value: 10 }, { atMs: 40_000, value: 5 }]);
    expect(stored.virtualSize).toEqual([{ atMs: 0, value: 150 }, { atMs: 10_000, value: 100 }, { atMs: 40_000, value: 90 }]);
  });

  it("sums up what was asked for, and marks beginning, exec and end within the span", () => {
    expect([stored.requestedBytes, stored.releasedBytes, stored.mmapCount, stored.failedCount]).toEqual([31n, 20n, 2n, 1n]);
    expect(stored.marks).toEqual([
      { kind: "began", atMs: 2_000, name: "cc" },
      { kind: "exec", atMs: 4_000, name: "as" },
    ]);
    expect(stored.gaps).toEqual([{ fromMs: 50_000, toMs: 60_000, lostCount: 9n }]);
  });
});

describe("a stored course of which not all is stored", () => {
  const span = { fromMs: 0, toMs: 600_000 };
  const until = (lastStoredMs: number, endMs?: number) =>
    toCourse(
      create(GetProcessHistoryResponseSchema, {
        process: { pid: 1, startNs: 1n, ...(endMs === undefined ? {} : { endTime: timestampFromMs(endMs) }) },
        lastStoredTime: timestampFromMs(lastStoredMs),
      }),
      [],
      span,
    );

  it("is known until the last stored event, or the process's end", () => {
    expect([until(400_000).knownToMs, until(400_000, 300_000).knownToMs, until(400_000, 900_000).knownToMs, until(900_000).knownToMs]).toEqual([400_000, 300_000, 400_000, 600_000]);
  });

  it("fills what nobody watched but for the latest, which may be on its way", () => {
    const away = { fromMs: 380_000, toMs: 440_000 };
    const unwatched = (lastStoredMs: number) => joinCourse({ ...live, fromMs: 0, toMs: 600_000, unwatched: [away] }, until(lastStoredMs)).unwatched;
    expect([unwatched(400_000), unwatched(370_000)]).toEqual([[], [away]]);
  });

  it("is laid over another time as far as it is known", () => {
    expect(laidOver(until(400_000), { fromMs: 1_000_000, toMs: 1_600_000 }).knownToMs).toBe(1_400_000);
    expect(laidOver({ ...live, knownToMs: 130_000 }, { fromMs: 0, toMs: 600_000 }).knownToMs).toBe(20_000);
  });
});

describe("a process as it was last seen", () => {
  it("has ended at a time only where its end was not later", () => {
    const seen = row(1, { ended: true, endMs: 5_000 });
    expect(asOf(seen, 5_000)).toBe(seen);
    expect(asOf(seen, 4_999)).toMatchObject({ ended: false, endMs: undefined });
    expect(asOf(row(1, { ended: true }), 0).ended).toBe(true);
  });
});

const live: Course = {
  held: [{ atMs: 100_000, value: 7 }],
  virtualSize: [{ atMs: 100_000, value: 70 }],
  fromMs: 100_000,
  toMs: 120_000,
  unwatched: [],
  gaps: [],
  marks: [],
};

describe("watched and stored as one", () => {
  it("puts what is stored before what was watched", () => {
    const joined = joinCourse(live, stored);
    expect(joined.held.map(({ value }) => value)).toEqual([10, 5, 7]);
    expect([joined.fromMs, joined.toMs]).toEqual([0, 120_000]);
    expect(joined.gaps).toEqual(stored.gaps);
  });

  it("has the gaps that the page was told of since the store was asked", () => {
    const gap = (fromMs: number) => ({ fromMs, toMs: fromMs + 1_000, lostCount: 2n });
    const joined = joinCourse({ ...live, gaps: [gap(stored.knownToMs - 5_000), gap(110_000)] }, stored);
    expect(joined.gaps).toEqual([...stored.gaps, gap(110_000)]);
  });

  it("believes what it has watched where both know", () => {
    const watched = { ...live, held: [{ atMs: 30_000, value: 7 }], fromMs: 30_000 };
    expect(joinCourse(watched, stored).held).toEqual([{ atMs: 0, value: 10 }, { atMs: 30_000, value: 7 }]);
  });

  it("fills times in which nobody looked, as far as the store reaches", () => {
    const away = { fromMs: 35_000, toMs: 45_000 };
    const later = { fromMs: 110_000, toMs: 115_000 };
    const watched = { ...live, held: [{ atMs: 30_000, value: 7 }, { atMs: 46_000, value: 6 }], fromMs: 30_000, unwatched: [away, later] };
    const joined = joinCourse(watched, stored);
    expect(joined.held.map(({ value }) => value)).toEqual([10, 7, 5, 6]);
    expect(joined.unwatched).toEqual([later]);
  });

  it("has what was in RAM as far as it was watched, which no store fills", () => {
    const away = { fromMs: 35_000, toMs: 45_000 };
    const resident = { steps: [{ atMs: 30_000, value: 3 }, { atMs: 50_000, value: 4 }], unwatched: [away] };
    const joined = joinCourse({ ...live, fromMs: 30_000, unwatched: [away], resident }, stored);
    expect(joined.unwatched).toEqual([]);
    expect(joined.resident).toEqual(resident);
    expect(clipCourse(joined, 40_000).resident?.steps).toEqual([{ atMs: 40_000, value: 3 }, { atMs: 50_000, value: 4 }]);
  });
});

describe("a course that is cut", () => {
  it("begins with the value that held then", () => {
    const cut = clipCourse(joinCourse(live, stored), 50_000);
    expect(cut.held).toEqual([{ atMs: 50_000, value: 5 }, { atMs: 100_000, value: 7 }]);
    expect([cut.fromMs, cut.marks.length]).toEqual([50_000, 0]);
  });

  it("is not drawn where events were lost", () => {
    const steps = [{ atMs: 0, value: 1 }, { atMs: 30, value: 2 }, { atMs: 55, value: 3 }, { atMs: 80, value: 4 }];
    expect(piecesOf(steps, [{ fromMs: 50, toMs: 60 }], 100)).toEqual([
      { steps: steps.slice(0, 2), toMs: 50 },
      { steps: [{ atMs: 60, value: 3 }, { atMs: 80, value: 4 }], toMs: 100 },
    ]);
    expect(piecesOf(steps, [], 100)).toEqual([{ steps, toMs: 100 }]);
    expect(piecesOf(steps, [{ fromMs: 90, toMs: 200 }], 100)).toEqual([{ steps, toMs: 90 }]);
    expect(piecesOf([], [{ fromMs: 0, toMs: 1 }], 100)).toEqual([]);
  });

  it("falls to 0 in steps that have no figure", () => {
    const bars = barSteps([{ atMs: 0, value: 5 }, { atMs: 10, value: 6 }, { atMs: 40, value: 7 }], 10);
    expect(bars.map(({ atMs, value }) => [atMs, value])).toEqual([[0, 5], [10, 6], [20, 0], [40, 7], [50, 0]]);
  });
});

describe("marks that were watched", () => {
  const watched: Course = { held: [], virtualSize: [], fromMs: 3_000, toMs: 80_000, unwatched: [], gaps: [], marks: [] };

  it("are a process's beginning, execs and end, within the time", () => {
    const life = { name: "cc", startMs: 1_000, endMs: 9_000 };
    const execs = [{ atMs: 2_000, name: "sh" }, { atMs: 4_000, name: "cc" }];
    expect(marksOf(life, execs, { fromMs: 1_500, toMs: 9_000 }).map(({ kind, atMs }) => [kind, atMs])).toEqual([
      ["exec", 2_000],
      ["exec", 4_000],
      ["ended", 9_000],
    ]);
    expect(marksOf(undefined, execs, { fromMs: 0, toMs: 3_000 })).toHaveLength(1);
  });

  it("stand once where they are stored, too", () => {
    const marks = [
      { kind: "exec", atMs: 4_000.4, name: "as" },
      { kind: "exec", atMs: 70_000, name: "ld" },
    ] as const;
    expect(joinCourse({ ...watched, marks }, stored).marks.map(({ kind, atMs }) => [kind, atMs])).toEqual([
      ["began", 2_000],
      ["exec", 4_000.4],
      ["exec", 70_000],
    ]);
  });
});
