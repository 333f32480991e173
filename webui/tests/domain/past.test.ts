// SPDX-License-Identifier: Apache-2.0

import { type MessageInitShape, create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { type Event, EventKind } from "@/gen/memmon/v1/event_pb";
import { GetSummaryResponseSchema } from "@/gen/memmon/v1/memmon_pb";
import { HostTotalsSchema, ProcessSchema } from "@/gen/memmon/v1/process_pb";
import { historyProblem } from "@/domain/historyProblem";
import { kindsOf } from "@/domain/kinds";
import { type PastTold, pastProcesses, summaryPie } from "@/domain/past";
import { sorted } from "@/domain/sorting";
import { storedEntry } from "@/domain/storedLog";
import { event } from "../builders";

const range = { fromMs: 0, toMs: 10_000 };
const process = (pid: number, what: MessageInitShape<typeof ProcessSchema>) => create(ProcessSchema, { pid, startNs: 1n, name: `p${pid}`, ...what });
const summary = create(GetSummaryResponseSchema, {
  slices: [
    { process: { pid: 9, startNs: 1n }, name: "gone", bytes: 70n },
    ...Array.from({ length: 11 }, (_, i) => ({ process: { pid: i + 1, startNs: 1n }, name: `p${i + 1}`, bytes: BigInt(20 - i) })).filter(({ process: { pid } }) => pid !== 9),
  ],
  others: { bytes: 30n, processCount: 4 },
  totalBytes: 300n,
});

describe("all processes in a range", () => {
  const start = [process(1, { heldBytes: 100n, requestedBytes: 500n, mmapCount: 10n, munmapCount: 4n }), process(2, { requestedBytes: 50n })];
  const end = [process(1, { heldBytes: 160n, requestedBytes: 620n, mmapCount: 30n, munmapCount: 4n, failedCount: 1n }), process(2, { requestedBytes: 50n }), process(3, { requestedBytes: 8n })];
  const { rows, watch, anewMs } = pastProcesses({ range, atStart: start, atEnd: end, summary, knownFromMs: 0, coveredMs: 10_000 });
  const row = (pid: number) => rows.find((candidate) => candidate.pid === pid);

  it("are as at the end, with what they asked for within it", () => {
    expect([row(1)?.held, row(1)?.requested, row(1)?.mmapCount]).toEqual([160n, 120n, 20n]);
    expect(watch.growth("1:1")).toBe(60);
    expect(watch.rate("1:1")).toBe(2.1);
    expect(watch.recentHeld("1:1")).toEqual([100, 160]);
  });

  it("have called as often as they did in the time that events are stored of", () => {
    expect(pastProcesses({ range, atStart: start, atEnd: end, summary, knownFromMs: 0, coveredMs: 5_000 }).watch.rate("1:1")).toBe(4.2);
    expect(pastProcesses({ range, atStart: start, atEnd: end, summary, knownFromMs: 0, coveredMs: 0 }).watch.rate("1:1")).toBeUndefined();
  });

  it("are not said to have called or grown where that is not known", () => {
    for (const key of ["9:1", "77:1"]) expect([watch.rate(key), watch.growth(key), watch.recentHeld(key)]).toEqual([undefined, undefined, []]);
    expect([watch.rate("3:1"), watch.growth("3:1"), watch.recentHeld("3:1")]).toEqual([0, 0, [0, 0]]);
  });

  it("count all of a process that is new, and nothing of one that asked for nothing", () => {
    expect(row(3)?.requested).toBe(8n);
    expect(row(2)?.requested).toBe(0n);
    expect(anewMs).toBeUndefined();
  });

  it("have those that asked and are gone at the end, too, as ended", () => {
    expect(row(9)).toMatchObject({ name: "gone", ended: true, requested: 70n, held: 0n });
  });

  it("are of nobody that is known where they were at neither end, and of whom they were where they were at one", () => {
    expect(row(9)).toMatchObject({ uid: undefined, container: undefined, cgroupId: undefined });
    const seen = process(9, { uid: 7, userName: "ana", container: "a.scope", cgroupId: 4n });
    const past = pastProcesses({ range, atStart: [seen], atEnd: [], summary, knownFromMs: 0, coveredMs: 10_000 });
    expect(past.rows.find(({ pid }) => pid === 9)).toMatchObject({ uid: 7, userName: "ana", container: "a.scope", cgroupId: 4n });
  });

  it("make a pie that says where records about a process were lost", () => {
    const marks = (pid: number) => {
      const pie = summaryPie(summary, (key) => ({ ...(rows[0] as (typeof rows)[number]), uncertain: key === `${pid}:1` }));
      return [pie.slices.filter(({ uncertain }) => uncertain).map((slice) => slice.pid), pie.others?.uncertain, pie.uncertain];
    };
    expect([marks(9), marks(11), marks(77)]).toEqual([[[9], false, true], [[], true, true], [[], false, false]]);
  });

  it("make a pie whose parts are its whole", () => {
    const pie = summaryPie(summary, (key) => rows.find((candidate) => candidate.key === key));
    expect(pie.slices).toHaveLength(10);
    expect(pie.slices[0]).toMatchObject({ name: "gone", ended: true, bytes: 70n });
    expect(pie.slices.reduce((sum, { bytes }) => sum + bytes, 0n) + (pie.others?.bytes ?? 0n)).toBe(pie.total);
    expect(pie.others?.processCount).toBe(5);
  });
});

describe("a range in which the capture began anew", () => {
  const told = (captureMs: number) => create(GetSummaryResponseSchema, { ...summary, totals: create(HostTotalsSchema, { captureStartTime: timestampFromMs(captureMs) }) });
  const anew = told(4_000);
  // More than before: only the capture's begin tells that the two count from other moments.
  const start = [process(1, { heldBytes: 100n, requestedBytes: 500n, mmapCount: 10n })];
  const end = [
    process(1, { heldBytes: 160n, requestedBytes: 620n, mmapCount: 30n, startTime: timestampFromMs(-9_000) }),
    process(20, { requestedBytes: 3n, mmapCount: 3n }),
    process(21, { heldBytes: 5n, requestedBytes: 8n, mmapCount: 40n, startTime: timestampFromMs(5_000) }),
  ];
  const past = (what: Partial<PastTold> = {}) => pastProcesses({ range, atStart: start, atEnd: end, summary: anew, knownFromMs: -9_000, coveredMs: 10_000, ...what });
  const row = (pid: number, of = past()) => of.rows.find((candidate) => candidate.pid === pid);

  it("has no calls and no change of those that were there before", () => {
    const { watch, anewMs } = past();
    expect(anewMs).toBe(4_000);
    for (const key of ["1:1", "20:1"]) expect([watch.rate(key), watch.growth(key), watch.recentHeld(key)]).toEqual([undefined, undefined, []]);
    expect(row(1)).toMatchObject({ anew: true, held: 160n });
  });

  it("has what they requested out of the summary, and no figure of who is among its others", () => {
    expect([row(1)?.requested, row(20)?.requested]).toEqual([20n, undefined]);
    const all = create(GetSummaryResponseSchema, { ...anew, others: undefined });
    expect(row(20, past({ summary: all }))?.requested).toBe(0n);
  });

  it("has all figures of those that began later", () => {
    const { watch } = past();
    expect([row(21)?.requested, row(21)?.anew, watch.rate("21:1"), watch.growth("21:1")]).toEqual([8n, false, 4, 5]);
  });

  it("puts nobody without a figure before who has grown, whichever way it is sorted", () => {
    const { rows, watch } = past();
    for (const descending of [true, false]) {
      const order = sorted(rows, { rate: ({ key }) => watch.rate(key), growth: ({ key }) => watch.growth(key) }, { column: "trend", descending }, "en").map(({ pid }) => pid);
      expect(order[0]).toBe(21);
    }
  });

  it("is none where the capture began before it, or was the first of all", () => {
    expect(past({ summary: told(0) }).anewMs).toBeUndefined();
    expect(past({ summary: told(20_000) }).anewMs).toBeUndefined();
    const first = past({ atStart: [], knownFromMs: 4_000 });
    expect([first.anewMs, first.watch.growth("1:1"), row(1, first)?.requested]).toEqual([undefined, 160, 620n]);
  });
});

describe("why there is no history", () => {
  it("follows from the service's code", () => {
    const kind = (code: Code) => historyProblem(new ConnectError("words", code)).kind;
    expect([Code.FailedPrecondition, Code.Unimplemented, Code.Unavailable, Code.DeadlineExceeded, Code.NotFound, Code.Internal].map(kind)).toEqual([
      "off",
      "old",
      "down",
      "slow",
      "unknown",
      "other",
    ]);
    expect(historyProblem(new ConnectError("refused", Code.Unavailable)).words).toBe("refused");
  });
});

describe("the stored log", () => {
  it("asks for all kinds of its groups, and shows lost events at their place", () => {
    expect(kindsOf(new Set(["munmap", "life"]))).toEqual([EventKind.MUNMAP, EventKind.FORK, EventKind.EXEC, EventKind.EXIT, EventKind.MM_EXIT]);
    expect(storedEntry(event({ kind: EventKind.LOST, lostCount: 4n }), 3, () => false)).toMatchObject({ type: "gap", cause: "lost", count: 4n });
  });

  it("shows what is wanted alone", () => {
    const wanted = ({ startNs }: Event) => startNs === 1n;
    expect(storedEntry(event({ startNs: 1n }), 0, wanted)).toMatchObject({ type: "event", id: 0 });
    expect(storedEntry(event({ startNs: 2n }), 0, wanted)).toBeUndefined();
    expect(storedEntry(event({ startNs: 2n }), 0, undefined)).toBeDefined();
  });
});
