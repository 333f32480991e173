// SPDX-License-Identifier: Apache-2.0
//
// The page's tables as sheets: the lines that are shown, in their order, whole numbers in base units.

import { type Activity, isDowntime } from "./activity";
import { addressRange } from "./addressRange";
import { bandSpans } from "./band";
import { errnoName } from "./errno";
import { callName, hidesResult } from "./kinds";
import type { AddressSpace } from "./addressSpace";
import type { ComparedLine, RangeFigures } from "./comparison";
import type { Course } from "./course";
import type { LogEntry } from "./eventLog";
import { hexAddress, timestampMs } from "./format";
import type { Sums } from "./group";
import type { Measures } from "./history";
import type { Line } from "./outline";
import type { Pie } from "./pie";
import { type ProcessRow, ratio } from "./process";
import type { ProcessCalls } from "./processCalls";
import type { RangeCover } from "./rangeCover";
import { type Cell, type Sheet, seconds } from "./sheet";
import { valueAt } from "./steps";
import type { Suspect } from "./suspects";
import type { TimeRange } from "./timeRange";

/** A line of the table: a process, or a group and what its processes come to. */
export type ShownLine =
  | { readonly line: Line; readonly row: ProcessRow }
  | { readonly line: Line; readonly name: string; readonly sums: Sums };

function iso(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

function percent(part: bigint, whole: bigint): number {
  return Math.round(ratio(part, whole) * 1e6) / 1e4;
}

/** All columns, whichever are chosen: who opens the file cannot choose any more. `memory` is RAM and swap. */
export function processSheet(lines: readonly ShownLine[], measures: Measures, memory: bigint): Sheet {
  const columns = [
    ...["line", "pid", "name", "user", "uid", "container", "cgroup_id", "held_bytes", "virtual_size_bytes", "resident_bytes"],
    ...["memory_percent", "requested_bytes", "calls_per_second", "held_growth_bytes", "processes"],
    ...["start_time", "end_time", "ended", "uncertain", "command_line"],
  ];
  const rows = lines.map((shown): Cell[] => {
    if ("sums" in shown) {
      const { name, sums } = shown;
      return [
        ...["group", undefined, name, undefined, undefined, undefined, undefined, sums.held, sums.virtualSize, known(sums.resident)],
        ...[percent(sums.virtualSize, memory), sums.requested, round(sums.rate), sums.growth, sums.count],
        ...[undefined, undefined, undefined, sums.uncertain],
      ];
    }
    const { row } = shown;
    // Who has ended has nothing any more that could be added up.
    const living = <T>(value: T) => (row.ended ? undefined : value);
    return [
      ...["process", row.pid, row.name, row.userName || undefined, row.uid, row.container || undefined, row.cgroupId, living(row.held)],
      ...[living(row.virtualSize), living(known(row.resident)), living(percent(row.virtualSize, memory)), row.requested],
      ...[living(round(measures.rate(row.key))), living(measures.growth(row.key)), 1, iso(row.startMs), iso(row.endMs), row.ended, row.uncertain],
      row.commandLine || undefined,
    ];
  });
  return { name: "processes", columns, rows };
}

function known(bytes: bigint): bigint | undefined {
  return bytes === 0n ? undefined : bytes;
}

function round(perSecond: number | undefined): number | undefined {
  return perSecond === undefined ? undefined : Math.round(perSecond * 100) / 100;
}

export function shareSheet(pie: Pie, measure: string, othersName: string): Sheet {
  const rows: Cell[][] = pie.slices.map(({ pid, name, bytes, share, uncertain }) => [name, pid, bytes, Math.round(share * 1e6) / 1e4, 1, uncertain]);
  const { others } = pie;
  if (others !== undefined) {
    rows.push([othersName, undefined, others.bytes, Math.round(others.share * 1e6) / 1e4, others.processCount, others.uncertain]);
  }
  return { name: "shares", columns: ["name", "pid", `${measure}_bytes`, "share_percent", "processes", "uncertain"], rows };
}

/** What an address space is made of: a row for each kind and name. */
export function addressSheet(pid: number, name: string, space: AddressSpace): Sheet {
  const rows = space.parts.flatMap(({ kind, bytes, mappings, names }) =>
    (names.length > 0 ? names : [{ name: "", bytes, mappings }]).map((part): Cell[] => [
      ...[pid, name, kind, part.name || undefined, part.bytes, part.mappings === 0 ? undefined : part.mappings],
    ]),
  );
  return { name: "address_space", columns: ["pid", "name", "kind", "region", "size_bytes", "mappings"], rows };
}

/** Two ranges beside each other; A is the one that the file is of, and each line says which B is. */
export function comparisonSheet(lines: readonly ComparedLine[], b: TimeRange, cover: Pick<RangeCover, "lostCount" | "unrecordedMs">): Sheet {
  const columns = [
    ...["name", "pid", "requested_difference_bytes", "held_difference_bytes", "calls_difference"],
    ...["a_requested_bytes", "a_held_bytes", "a_calls", "b_requested_bytes", "b_held_bytes", "b_calls"],
    ...["b_from_time", "b_to_time", "b_lost_records", "b_unrecorded_seconds"],
  ];
  const figures = (of: RangeFigures | undefined): Cell[] => [of?.requested, of?.held, of?.calls];
  const rows = lines.map((line): Cell[] => [
    ...[line.name, line.pid, line.requested, line.held, line.calls, ...figures(line.a), ...figures(line.b)],
    ...[iso(b.fromMs), iso(b.toMs), cover.lostCount, seconds(cover.unrecordedMs)],
  ]);
  return { name: "comparison", columns, rows };
}

/** Oldest first, as a log is read by programs; a gap is a line of its own, and so is how many were left out in all. */
export function logSheet(entries: readonly LogEntry[], leftOut = 0): Sheet {
  const columns = ["time", "kind", "pid", "name", "length_bytes", "address", "range_start", "range_end", "prot", "map_flags", "result", "virtual_size_bytes", "missing_events"];
  const nothing = Array<Cell>(10).fill(undefined);
  const rows = [...entries].reverse().map((entry): Cell[] => {
    if (entry.type === "gap") {
      return [iso(entry.atMs), "gap", ...nothing, entry.count === 0n ? undefined : entry.count];
    }
    const { event } = entry;
    const range = addressRange(event);
    const hex = (address: bigint | undefined) => (address === undefined ? undefined : hexAddress(address));
    return [
      ...[event.eventTime && iso(timestampMs(event.eventTime)), callName(event.kind), event.pid, event.processName, event.lengthBytes],
      ...[hex(event.address || undefined), hex(range?.from), hex(range?.to)],
      ...[event.prot, event.mapFlags, hidesResult(event) ? undefined : event.result, event.virtualSizeBytes],
    ];
  });
  if (leftOut > 0) rows.push([undefined, "left out", ...nothing, leftOut]);
  return { name: "requests", columns, rows };
}

/** A process through time: a row where any of its figures changes. */
export function courseSheet(pid: number, name: string, course: Pick<Course, "held" | "virtualSize" | "resident"> | undefined): Sheet {
  const figures = [course?.held ?? [], course?.virtualSize ?? [], course?.resident?.steps ?? []];
  const times = [...new Set(figures.flatMap((steps) => steps.map(({ atMs }) => atMs)))].sort((a, b) => a - b);
  const rows = times.map((atMs): Cell[] => [iso(atMs), pid, name, ...figures.map((steps) => valueAt(steps, atMs))]);
  return { name: "course", columns: ["time", "pid", "name", "held_bytes", "virtual_size_bytes", "resident_bytes"], rows };
}

/** Growth that did not come back, as it is ranked, and what shows it. */
export function suspectSheet(suspects: readonly Suspect[]): Sheet {
  const columns = ["pid", "name", "growth_bytes_per_minute", "growth_bytes", "grew_percent", "kept_percent", "watched_from_time", "uncertain"];
  const rows = suspects.map(({ row, perMinute, growth, grewShare, keptShare, fromMs, uncertain }): Cell[] => [
    ...[row.pid, row.name, Math.round(perMinute), growth, round(100 * grewShare), round(100 * keptShare), iso(fromMs), uncertain],
  ]);
  return { name: "suspects", columns, rows };
}

/**
 * What all processes asked for, step by step, as far as the bounds go; where events are missing,
 * memmond did not run and nobody looked are lines of their own.
 */
export function activitySheet(activity: Activity, bounds: TimeRange): Sheet {
  const columns = ["kind", "start_time", "end_time", "requested_bytes", "calls", "missing_events"];
  const { gaps, unwatched, unknown } = bandSpans(activity, bounds);
  const lines: (TimeRange & { readonly kind: string; readonly cells: readonly Cell[] })[] = [
    ...(unknown === undefined ? [] : [{ ...unknown, kind: "unknown", cells: [] }]),
    ...activity.steps
      .map(({ atMs, bytes, calls }) => ({ kind: "step", fromMs: atMs, toMs: atMs + activity.stepMs, cells: [bytes, calls] }))
      .filter(({ fromMs, toMs }) => fromMs < bounds.toMs && toMs > bounds.fromMs),
    ...gaps.map((gap) => (isDowntime(gap) ? { ...gap, kind: "not running", cells: [] } : { ...gap, kind: "gap", cells: [undefined, undefined, gap.lostCount] })),
    ...unwatched.map((span) => ({ ...span, kind: "unwatched", cells: [] })),
  ];
  lines.sort((a, b) => a.fromMs - b.fromMs);
  return { name: "activity", columns, rows: lines.map(({ kind, fromMs, toMs, cells }) => [kind, iso(fromMs), iso(toMs), ...cells]) };
}

/** One process's counts: each line says whose they are, and since when they may lack some. */
function countedSheet(row: ProcessRow, { missedMs }: ProcessCalls, name: string, columns: readonly string[], lines: readonly (readonly Cell[])[]): Sheet {
  const rows = lines.map((line): Cell[] => [row.pid, row.name, ...line, iso(missedMs)]);
  return { name, columns: ["pid", "name", ...columns, "may_lack_from_time"], rows };
}

/** How large its requests were, in powers of two. */
export function sizeSheet(row: ProcessRow, calls: ProcessCalls): Sheet {
  const lines = calls.sizes.map(({ exponent, done, failed }): Cell[] => [1n << BigInt(exponent), 1n << BigInt(exponent + 1), done, failed]);
  return countedSheet(row, calls, "sizes", ["from_bytes", "below_bytes", "done", "failed"], lines);
}

/** Its calls, failed ones included. How many of all failed is the process's, on each line. */
export function callSheet(row: ProcessRow, calls: ProcessCalls): Sheet {
  const lines = calls.counts.map(({ name, count }): Cell[] => [name, count, calls.failedCount]);
  return countedSheet(row, calls, "calls", ["call", "calls", "process_failed_calls"], lines);
}

/** Its failed calls by their error; those without one are of further errors. */
export function failureSheet(row: ProcessRow, calls: ProcessCalls): Sheet {
  const lines = calls.failures.map(({ error, count, largest }): Cell[] => [errnoName(error), error || undefined, count, largest || undefined]);
  return countedSheet(row, calls, "failures", ["error", "error_number", "calls", "largest_bytes"], lines);
}
