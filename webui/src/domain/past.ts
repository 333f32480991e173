// SPDX-License-Identifier: Apache-2.0
//
// All processes in a range of the past: as they were at its end, and what they asked for in it.

import type { GetSummaryResponse, SummarySlice } from "@/gen/memmon/v1/memmon_pb";
import type { Process } from "@/gen/memmon/v1/process_pb";
import { perSecond } from "./averages";
import { timestampMs } from "./format";
import type { ProcessWatch } from "./history";
import { type Pie, type Slice, maxSlices } from "./pie";
import { type ProcessRow, callCount, keyOf, ratio, toRow } from "./process";
import type { TimeRange } from "./timeRange";

export interface PastProcesses {
  /** Held and virtual size at the end of the range; requested and counts within it. */
  readonly rows: readonly ProcessRow[];
  readonly watch: ProcessWatch;
  /** When the capture began anew in the range; undefined where it did not. */
  readonly anewMs: number | undefined;
}

/** What is told of both ends of a range, and of all of it: a summary as long as one may be. */
export interface PastTold {
  readonly range: TimeRange;
  readonly atStart: readonly Process[];
  readonly atEnd: readonly Process[];
  readonly summary: Pick<GetSummaryResponse, "slices" | "others" | "totals">;
  /** Before that nothing is stored; undefined where nobody knows. */
  readonly knownFromMs: number | undefined;
  /** Of how much of the range events are stored, ms. */
  readonly coveredMs: number;
}

/**
 * When the capture that ran at the end began, where that was in the range and not the first to be: sums of
 * both ends count from two beginnings then, and what one is more than the other says nothing. Of the first
 * one of all nothing is missing before it began.
 */
export function anewMs({ range, summary, knownFromMs }: Pick<PastTold, "range" | "summary" | "knownFromMs">): number | undefined {
  const start = summary.totals?.captureStartTime;
  if (start === undefined) return undefined;
  const ms = timestampMs(start);
  return ms > range.fromMs && ms < range.toMs && !(knownFromMs !== undefined && knownFromMs >= ms) ? ms : undefined;
}

/** Of the same capture. */
function within(end: ProcessRow, start: ProcessRow | undefined): ProcessRow {
  if (start === undefined) return end;
  return {
    ...end,
    requested: (end.requested ?? 0n) - (start.requested ?? 0n),
    mmapCount: end.mmapCount - start.mmapCount,
    munmapCount: end.munmapCount - start.munmapCount,
    failedCount: end.failedCount - start.failedCount,
  };
}

/** Asked for something in the range, and is not there at its end. Whose it was is told where it was there at the beginning. */
function endedRow({ process, name, bytes }: SummarySlice, start: ProcessRow | undefined): ProcessRow | undefined {
  if (process === undefined) return undefined;
  const { pid, startNs } = process;
  const unknown = { commandLine: "", uid: undefined, userName: "", container: undefined, cgroupId: undefined, mmId: 0n, parentPid: 0, startMs: undefined, endMs: undefined };
  return {
    ...unknown,
    ...start,
    ...{ key: keyOf(process), pid, startNs, name, requested: bytes, ended: true, uncertain: false, anew: false },
    ...{ held: 0n, virtualSize: 0n, resident: 0n, mmapCount: 0n, munmapCount: 0n, failedCount: 0n, noMemoryCount: 0n, noMemoryLargest: 0n },
  };
}

export function pastProcesses(told: PastTold): PastProcesses {
  const { summary } = told;
  const captureMs = anewMs(told);
  const before = new Map(told.atStart.map((process) => [keyOf(process), toRow(process)]));
  const slices = new Map(summary.slices.flatMap((slice) => (slice.process === undefined ? [] : [[keyOf(slice.process), slice] as const])));
  /** Of who is in no slice: the others asked for something, nobody knows who of them. */
  const unlisted = (summary.others?.processCount ?? 0) > 0 ? undefined : 0n;
  const rows = new Map<string, ProcessRow>();
  for (const process of told.atEnd) {
    const end = toRow(process);
    // Who began after the capture did has sums of its whole life.
    const anew = captureMs !== undefined && !(end.startMs !== undefined && end.startMs >= captureMs);
    if (anew) rows.set(end.key, { ...end, requested: slices.has(end.key) ? slices.get(end.key)?.bytes : unlisted, anew });
    else rows.set(end.key, within(end, before.get(end.key)));
  }
  for (const [key, slice] of slices) {
    if (rows.has(key)) continue;
    const row = endedRow(slice, before.get(key));
    if (row !== undefined) rows.set(key, row);
  }
  const heldBefore = (key: string) => Number(before.get(key)?.held ?? 0n);
  /** Undefined of whom no figure of the living is known. */
  const living = (key: string) => {
    const row = rows.get(key);
    return row === undefined || row.ended || row.anew ? undefined : row;
  };
  const watch: ProcessWatch = {
    rate(key) {
      const row = living(key);
      return row && perSecond(callCount(row), told);
    },
    growth(key) {
      const row = living(key);
      return row && Number(row.held) - heldBefore(key);
    },
    recentHeld(key) {
      const row = living(key);
      return row === undefined ? [] : [heldBefore(key), Number(row.held)];
    },
    series: () => undefined,
    endedMs: (key) => rows.get(key)?.endMs,
    unwatched: [],
  };
  return { rows: [...rows.values()], watch, anewMs: captureMs };
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
