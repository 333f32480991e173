// SPDX-License-Identifier: Apache-2.0

import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { EventKind } from "@/gen/memmon/v1/event_pb";
import { sumUp } from "@/domain/group";
import { computePie } from "@/domain/pie";
import { type Origin, type Sheet, fileName, toCsv, toJson } from "@/domain/sheet";
import {
  activitySheet,
  callSheet,
  courseSheet,
  failureSheet,
  logSheet,
  processSheet,
  shareSheet,
  sizeSheet,
  suspectSheet,
} from "@/domain/sheets";
import { calls, event, row } from "../builders";

const origin: Origin = {
  host: "ceiba",
  kernel: "6.1.0-56-amd64",
  bootId: "5f0c",
  fromMs: Date.UTC(2026, 10, 25, 3, 0, 0),
  toMs: Date.UTC(2026, 10, 25, 3, 30, 0, 7),
  lostCount: 3n,
  unrecordedMs: 7_199_600,
  filter: "user:ana",
};
const measures = { rate: () => 1.239, growth: () => 4_096 };

/** As a reader that follows RFC 4180 takes it. */
function readCsv(text: string): string[][] {
  const lines: string[][] = [];
  let cells: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    cells.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end === "\r\n") {
      lines.push(cells);
      cells = [];
    }
  }
  return lines;
}

describe("CSV", () => {
  const sheet: Sheet = {
    name: "t",
    columns: ["name", "held_bytes"],
    rows: [['a "b", c\nd', 2n ** 60n], ["ñandú", undefined]],
  };

  it("comes back as it was, whatever is in a name", () => {
    const lines = readCsv(toCsv(sheet, origin));
    expect(lines.map((cells) => cells.slice(0, 2))).toEqual([
      ["name", "held_bytes"],
      ['a "b", c\nd', "1152921504606846976"],
      ["ñandú", ""],
    ]);
    expect(toCsv(sheet, origin).endsWith("\r\n")).toBe(true);
  });

  it("says on each line where and when", () => {
    const [head, ...lines] = readCsv(toCsv(sheet, origin));
    expect(head?.slice(2)).toEqual(["host", "kernel", "from_time", "to_time", "lost_records", "unrecorded_seconds"]);
    for (const line of lines) {
      expect(line.slice(2)).toEqual(["ceiba", "6.1.0-56-amd64", "2026-11-25T03:00:00.000Z", "2026-11-25T03:30:00.007Z", "3", "7200"]);
    }
  });

  it("gives a spreadsheet no formula to run", () => {
    const names = ["=cmd|' /C calc'!A0", "+1", "-bash", "@x", "\tx", "a=b"];
    const csv = readCsv(toCsv({ name: "t", columns: ["name", "n"], rows: names.map((name) => [name, -1]) }, origin));
    expect(csv.slice(1).map(([name]) => name)).toEqual(["'=cmd|' /C calc'!A0", "'+1", "'-bash", "'@x", "'\tx", "a=b"]);
    // A number is none, whatever its sign.
    expect(csv[1]?.[1]).toBe("-1");
  });
});

describe("JSON", () => {
  it("is exact, and says where, when and what was filtered", () => {
    const json: unknown = JSON.parse(toJson({ name: "rows", columns: ["a", "b", "c"], rows: [[1n, 2n ** 60n, undefined]] }, origin));
    expect(json).toMatchObject({ host: "ceiba", boot_id: "5f0c", filter: "user:ana", lost_records: 3, unrecorded_seconds: 7_200, to_time: "2026-11-25T03:30:00.007Z" });
    expect(json).toMatchObject({ rows: [{ a: 1, b: "1152921504606846976", c: null }] });
  });
});

describe("a file's name", () => {
  it("says what, where and when, and is one word", () => {
    expect(fileName("shares", origin, "png")).toBe("memmon-shares-ceiba-20261125T033000Z.png");
    expect(fileName("shares", { ...origin, host: "../a b" }, "png")).toBe("memmon-shares-.._a_b-20261125T033000Z.png");
    expect(fileName("shares", { ...origin, host: "" }, "csv")).toContain("-host-");
  });
});

/** The sheet's rows by its columns' names. */
function records({ columns, rows }: Sheet): Record<string, unknown>[] {
  for (const cells of rows) expect(cells.length).toBeLessThanOrEqual(columns.length);
  return rows.map((cells) => Object.fromEntries(columns.map((name, i) => [name, cells[i]])));
}

describe("the table's sheet", () => {
  it("has processes and groups as they stand, in base units", () => {
    const one = row(7, { name: "java", userName: "ana", uid: 1000, held: 5n, virtualSize: 30n, resident: 2n, commandLine: "java -jar" });
    const line = { type: "process", id: "7:1", key: one.key, depth: 0, pinned: false, below: 0, open: false, context: false } as const;
    const group = { type: "group", id: "g", name: "java", label: "java", keys: [one.key], open: true } as const;
    const sheet = processSheet([{ line: group, name: "java", sums: sumUp([one], measures) }, { line, row: one }], measures, 120n);
    expect(records(sheet)).toMatchObject([
      { line: "group", name: "java", pid: undefined, held_bytes: 5n, memory_percent: 25, processes: 1 },
      { line: "process", pid: 7, user: "ana", uid: 1000, resident_bytes: 2n, memory_percent: 25, calls_per_second: 1.24, ended: false, command_line: "java -jar" },
    ]);
  });

  it("marks a group as its processes are where records were lost", () => {
    const group = { type: "group", id: "program:java", name: "java", label: "java", keys: ["7:1"], open: true } as const;
    const of = (uncertain: boolean) => records(processSheet([{ line: group, name: "java", sums: sumUp([row(7, { uncertain }), row(8)], measures) }], measures, 0n))[0];
    expect(of(true)).toMatchObject({ processes: 2, start_time: undefined, uncertain: true });
    expect(of(false)).toMatchObject({ uncertain: false });
  });

  it("leaves out what is not known", () => {
    const line = { type: "process", id: "7:1", key: "7:1", depth: 0, pinned: false, below: 0, open: false, context: false } as const;
    const group = { type: "group", id: "program:java", name: "java", label: "java", keys: ["7:1"], open: true } as const;
    expect(records(processSheet([{ line: group, name: "java", sums: sumUp([row(7)], measures) }], measures, 0n))).toMatchObject([{ resident_bytes: undefined }]);
    const [record] = records(processSheet([{ line, row: row(7, { ended: true, endMs: 5_000 }) }], measures, 0n));
    expect(record).toMatchObject({ resident_bytes: undefined, user: undefined, held_growth_bytes: undefined, end_time: "1970-01-01T00:00:05.000Z" });
  });

  it("has nothing where nobody knows whose a process was, nor what it requested", () => {
    const line = { type: "process", id: "7:1", key: "7:1", depth: 0, pinned: false, below: 0, open: false, context: false } as const;
    const sheet = processSheet([{ line, row: row(7, { uid: undefined, container: undefined, cgroupId: undefined, requested: undefined }) }], measures, 0n);
    expect(records(sheet)).toMatchObject([{ user: undefined, uid: undefined, container: undefined, cgroup_id: undefined, requested_bytes: undefined }]);
    expect(JSON.parse(toJson(sheet, origin))).toMatchObject({ processes: [{ uid: null, cgroup_id: null, requested_bytes: null }] });
  });

  it("has of who has ended what it requested alone, so that the lines add up to their group's", () => {
    const line = { type: "process", id: "7:1", key: "7:1", depth: 1, pinned: false, below: 0, open: false, context: false } as const;
    const gone = row(7, { held: 5n, virtualSize: 6n, resident: 7n, requested: 8n, ended: true });
    expect(records(processSheet([{ line, row: gone }], measures, 60n))).toMatchObject([
      { held_bytes: undefined, virtual_size_bytes: undefined, resident_bytes: undefined, memory_percent: undefined, requested_bytes: 8n, calls_per_second: undefined },
    ]);
  });
});

describe("other sheets", () => {
  it("have all of the shares: slices and others come to the whole", () => {
    const pie = computePie([row(1, { requested: 60n, uncertain: true }), row(2, { requested: 30n }), row(3, { requested: 10n })], "requested", 0n, 2);
    expect(records(shareSheet(pie, "requested", "others"))).toMatchObject([
      { name: "p1", pid: 1, requested_bytes: 60n, share_percent: 60, uncertain: true },
      { name: "p2", pid: 2, share_percent: 30 },
      { name: "others", pid: undefined, requested_bytes: 10n, share_percent: 10, processes: 1, uncertain: false },
    ]);
  });

  it("have the log from the oldest on, gaps at their places", () => {
    const sheet = logSheet([
      { type: "gap", id: 2, cause: "slow", count: 9n, reason: "", atMs: 2_000 },
      { type: "event", id: 1, event: event({ kind: EventKind.MMAP, pid: 4, lengthBytes: 8_192n, result: -12n, eventTime: { seconds: 1n } }) },
      { type: "event", id: 0, event: event({ kind: EventKind.MUNMAP, pid: 4, address: 0x1000n, lengthBytes: 8_192n }) },
    ]);
    expect(records(sheet)).toMatchObject([
      { kind: "munmap", address: "0x1000", range_start: "0x1000", range_end: "0x3000" },
      { time: "1970-01-01T00:00:01.000Z", kind: "mmap", pid: 4, length_bytes: 8_192n, address: undefined, result: -12n },
      { time: "1970-01-01T00:00:02.000Z", kind: "gap", pid: undefined, missing_events: 9n },
    ]);
  });

  it("have no number where an address is hidden, and 0 where that is the result", () => {
    const hidden = (kind: EventKind, id: number) => ({ type: "event", id, event: event({ kind, result: 0n, detailsHidden: true }) }) as const;
    const results = records(logSheet([hidden(EventKind.MUNMAP, 2), hidden(EventKind.MMAP, 1)])).map(({ result }) => result);
    expect(results).toEqual([undefined, 0n]);
  });

  it("have a process's figures at each change of one of them, and nothing where one is not known yet", () => {
    const held = [{ atMs: 0, value: 1 }, { atMs: 2_000, value: 3 }];
    const virtualSize = [{ atMs: 0, value: 9 }, { atMs: 1_000, value: 8 }];
    const sheet = courseSheet(4, "p", { held, virtualSize, resident: { steps: [{ atMs: 2_000, value: 2 }], unwatched: [] } });
    const figures = records(sheet).map((record) => [record["held_bytes"], record["virtual_size_bytes"], record["resident_bytes"]]);
    expect(figures).toEqual([[1, 9, undefined], [1, 8, undefined], [3, 8, 2]]);
  });

  it("have each suspect with what shows its growth", () => {
    const one = { row: row(4, { name: "node" }), values: [1, 2], growth: 4_096, perMinute: 1_365.4, grewShare: 0.875, keptShare: 1, fromMs: 0, uncertain: true };
    expect(records(suspectSheet([one]))).toEqual([
      {
        ...{ pid: 4, name: "node", growth_bytes_per_minute: 1_365, growth_bytes: 4_096, grew_percent: 87.5, kept_percent: 100 },
        ...{ watched_from_time: "1970-01-01T00:00:00.000Z", uncertain: true },
      },
    ]);
  });
});

describe("the band's sheet", () => {
  it("has each step that is in sight, and what is not known as lines of their own, in order", () => {
    const activity = {
      steps: [{ atMs: 0, bytes: 1, calls: 1 }, { atMs: 20_000, bytes: 4_096, calls: 2 }, { atMs: 90_000, bytes: 1, calls: 1 }],
      stepMs: 10_000,
      gaps: [{ fromMs: 25_000, toMs: 26_000, lostCount: 7n }, { fromMs: 40_000, toMs: 50_000, lostCount: 0n }],
      unwatched: [{ fromMs: 30_000, toMs: 35_000 }],
      knownFromMs: 20_000,
    };
    const times = (kind: string, from: number, to: number) => ({
      ...{ kind, start_time: new Date(from).toISOString(), end_time: new Date(to).toISOString() },
    });
    expect(records(activitySheet(activity, { fromMs: 10_000, toMs: 60_000 }))).toEqual([
      times("unknown", 10_000, 20_000),
      { ...times("step", 20_000, 30_000), requested_bytes: 4_096, calls: 2 },
      { ...times("gap", 25_000, 26_000), requested_bytes: undefined, calls: undefined, missing_events: 7n },
      times("unwatched", 30_000, 35_000),
      times("not running", 40_000, 50_000),
    ]);
  });
});

describe("one process's counts", () => {
  const whose = row(4, { name: "node" });
  const told = calls({
    counts: [{ kind: EventKind.MMAP, count: 9n }, { kind: EventKind.EXEC, count: 1n }],
    failures: [{ error: 12, count: 4n, largestBytes: 20_000n }, { error: 0, count: 1n }],
    sizes: [{ exponent: 12, succeeded: 5n }, { exponent: 14, failed: 4n }],
    missedSince: timestampFromMs(1_000),
  });
  const self = { pid: 4, name: "node", may_lack_from_time: "1970-01-01T00:00:01.000Z" };

  it("have its sizes in bytes, done and failed, without a hole", () => {
    expect(records(sizeSheet(whose, told))).toEqual([
      { ...self, from_bytes: 4_096n, below_bytes: 8_192n, done: 5, failed: 0 },
      { ...self, from_bytes: 8_192n, below_bytes: 16_384n, done: 0, failed: 0 },
      { ...self, from_bytes: 16_384n, below_bytes: 32_768n, done: 0, failed: 4 },
    ]);
    expect(sizeSheet(whose, calls()).rows).toEqual([]);
  });

  it("have its calls, and how many failed", () => {
    expect(records(callSheet(whose, told))).toEqual([
      { ...self, call: "mmap", calls: 9n, process_failed_calls: 5 },
      { ...self, call: "exec", calls: 1n, process_failed_calls: 5 },
    ]);
    expect(records(callSheet(whose, calls({ counts: [{ kind: EventKind.MMAP, count: 1n }] })))[0]).toMatchObject({ may_lack_from_time: undefined });
  });

  it("have its failures by their error, and those that have none of their own", () => {
    expect(records(failureSheet(whose, told))).toEqual([
      { ...self, error: "ENOMEM", error_number: 12, calls: 4, largest_bytes: 20_000n },
      { ...self, error: undefined, error_number: undefined, calls: 1, largest_bytes: undefined },
    ]);
  });
});
