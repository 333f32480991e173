// SPDX-License-Identifier: Apache-2.0
//
// All processes in a range of the past: as they were at its end, and what they asked for in it.

import type { GetSummaryResponse, SummarySlice } from "@/gen/memmon/v1/memmon_pb";
import type { Process } from "@/gen/memmon/v1/process_pb";
import type { ProcessWatch } from "./history";
import { type Pie, type Slice, maxSlices } from "./pie";
import { type ProcessRow, callCount, keyOf, ratio, toRow } from "./process";
import type { TimeRange } from "./timeRange";

export interface PastProcesses {
  /** Held and virtual size at the end of the range; requested and counts within it. */
  readonly rows: readonly ProcessRow[];
  readonly watch: ProcessWatch;
}

/** How much of a range is stored: of what is later than the last stored event nothing is known. */
export type StoredPart = "all" | "part" | "none";

/** Between an event and the database. */
const onItsWayMs = 60_000;

/** `lastStoredMs`: undefined where memmond does not say; it is older than the page. */
export function storedPart(range: TimeRange, lastStoredMs: number | undefined, nowMs: number): StoredPart {
  const toMs = Math.min(range.toMs, nowMs);
  if (lastStoredMs === undefined || toMs - lastStoredMs <= onItsWayMs) return "all";
  return lastStoredMs <= range.fromMs ? "none" : "part";
}

/** Of a sum that began anew (the capture did) all of it is new. */
function growth(now: bigint, before: bigint): bigint {
  return now >= before ? now - before : now;
}

function within(end: ProcessRow, start: ProcessRow | undefined): ProcessRow {
  if (start === undefined) return end;
  return {
    ...end,
    requested: growth(end.requested, start.requested),
    mmapCount: growth(end.mmapCount, start.mmapCount),
    munmapCount: growth(end.munmapCount, start.munmapCount),
    failedCount: growth(end.failedCount, start.failedCount),
  };
}

/** Asked for something in the range, and is not there at its end. */
function endedRow(slice: SummarySlice, start: ProcessRow | undefined): ProcessRow | undefined {
  if (slice.process === undefined) return undefined;
  const { pid, startNs } = slice.process;
  const key = keyOf(slice.process);
  const unknown = { commandLine: "", uid: 0, userName: "", container: "", cgroupId: 0n, mmId: 0n, parentPid: 0, startMs: undefined, endMs: undefined };
  return {
    ...unknown,
    ...start,
    ...{ key, pid, startNs, name: slice.name, requested: slice.bytes, ended: true, uncertain: false },
    ...{ held: 0n, virtualSize: 0n, resident: 0n, mmapCount: 0n, munmapCount: 0n, failedCount: 0n, noMemoryCount: 0n, noMemoryLargest: 0n },
  };
}

/** A list of slices that is as long as a summary may be, and the lists of both ends. */
export function pastProcesses(
  atStart: readonly Process[],
  atEnd: readonly Process[],
  summary: Pick<GetSummaryResponse, "slices">,
  range: TimeRange,
): PastProcesses {
  const before = new Map(atStart.map((process) => [keyOf(process), toRow(process)]));
  const rows = new Map<string, ProcessRow>();
  for (const process of atEnd) {
    const end = toRow(process);
    rows.set(end.key, within(end, before.get(end.key)));
  }
  for (const slice of summary.slices) {
    const key = slice.process === undefined ? undefined : keyOf(slice.process);
    if (key === undefined || rows.has(key)) continue;
    const row = endedRow(slice, before.get(key));
    if (row !== undefined) rows.set(key, row);
  }
  const seconds = (range.toMs - range.fromMs) / 1_000;
  const heldBefore = (key: string) => Number(before.get(key)?.held ?? 0n);
  const watch: ProcessWatch = {
    rate(key) {
      const row = rows.get(key);
      return row === undefined || row.ended ? undefined : callCount(row) / seconds;
    },
    growth(key) {
      const row = rows.get(key);
      return row === undefined || row.ended ? undefined : Number(row.held) - heldBefore(key);
    },
    recentHeld(key) {
      const row = rows.get(key);
      return row === undefined || row.ended ? [] : [heldBefore(key), Number(row.held)];
    },
    series: () => undefined,
    endedMs: (key) => rows.get(key)?.endMs,
    unwatched: [],
  };
  return { rows: [...rows.values()], watch };
}

/** What was requested in the range, as a pie: more slices than it shows are among the others. */
export function summaryPie(summary: GetSummaryResponse, rowOf: (key: string) => ProcessRow | undefined): Pie {
  const total = summary.totalBytes;
  const shown = summary.slices.filter(({ process, bytes }) => process !== undefined && bytes > 0n).slice(0, maxSlices);
  const slices = shown.flatMap(({ process, name, bytes }): Slice[] => {
    if (process === undefined) return [];
    const key = keyOf(process);
    const row = rowOf(key);
    return [{ key, pid: process.pid, name, ended: row?.ended ?? true, bytes, share: ratio(bytes, total), uncertain: row?.uncertain ?? false }];
  });
  const rest = total - slices.reduce((sum, { bytes }) => sum + bytes, 0n);
  const processCount = summary.slices.filter(({ bytes }) => bytes > 0n).length - slices.length + (summary.others?.processCount ?? 0);
  const told = new Set(slices.map(({ key }) => key));
  const uncertain = summary.slices.some(({ process }) => process !== undefined && !told.has(keyOf(process)) && rowOf(keyOf(process))?.uncertain === true);
  const others = rest > 0n ? { bytes: rest, share: ratio(rest, total), processCount, uncertain } : undefined;
  return { slices, others, total, uncertain: uncertain || slices.some((slice) => slice.uncertain) };
}
