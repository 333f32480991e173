// SPDX-License-Identifier: Apache-2.0

import { type MessageInitShape, create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { type Event, EventKind } from "@/gen/memmon/v1/event_pb";
import { GetSummaryResponseSchema } from "@/gen/memmon/v1/memmon_pb";
import { ProcessSchema } from "@/gen/memmon/v1/process_pb";
import { historyProblem } from "@/domain/historyProblem";
import { kindsOf } from "@/domain/kinds";
import { pastProcesses, summaryPie, storedPart } from "@/domain/past";
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
  const start = [process(1, { heldBytes: 100n, requestedBytes: 500n, mmapCount: 10n, munmapCount: 4n }), process(2, { requestedBytes: 900n })];
  const end = [process(1, { heldBytes: 160n, requestedBytes: 620n, mmapCount: 30n, munmapCount: 4n, failedCount: 1n }), process(2, { requestedBytes: 50n }), process(3, { requestedBytes: 8n })];
  const { rows, watch } = pastProcesses(start, end, summary, range);
  const row = (pid: number) => rows.find((candidate) => candidate.pid === pid);

  it("are as at the end, with what they asked for within it", () => {
    expect([row(1)?.held, row(1)?.requested, row(1)?.mmapCount]).toEqual([160n, 120n, 20n]);
    expect(watch.growth("1:1")).toBe(60);
    expect(watch.rate("1:1")).toBe(2.1);
    expect(watch.recentHeld("1:1")).toEqual([100, 160]);
  });

  it("are not said to have called or grown where that is not known", () => {
    for (const key of ["9:1", "77:1"]) expect([watch.rate(key), watch.growth(key), watch.recentHeld(key)]).toEqual([undefined, undefined, []]);
    expect([watch.rate("3:1"), watch.growth("3:1"), watch.recentHeld("3:1")]).toEqual([0, 0, [0, 0]]);
  });

  it("count all of a process that is new, and of sums that began anew", () => {
    expect(row(3)?.requested).toBe(8n);
    expect(row(2)?.requested).toBe(50n);
  });

  it("have those that asked and are gone at the end, too, as ended", () => {
    expect(row(9)).toMatchObject({ name: "gone", ended: true, requested: 70n, held: 0n });
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

describe("how much of a range is stored", () => {
  const minute = 60_000;
  const hour = { fromMs: 0, toMs: 60 * minute };
  const late = 1_000 * minute;

  it.each([
    [60 * minute + 1, "all"],
    [59.5 * minute, "all"],
    [30 * minute, "part"],
    [0, "none"],
    [-1, "none"],
    [undefined, "all"],
  ] as const)("follows from the last stored event: %s ms is %s", (lastStoredMs, part) => {
    expect(storedPart(hour, lastStoredMs, late)).toBe(part);
  });

  it("is not less because the range reaches beyond now", () => {
    expect(storedPart(hour, 30 * minute, 30.5 * minute)).toBe("all");
    expect(storedPart(hour, 30 * minute, 32 * minute)).toBe("part");
  });
});
