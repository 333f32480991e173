// SPDX-License-Identifier: Apache-2.0
//
// The shares of the processes that asked for most, and of all others together.

import { type ProcessRow, ratio } from "./process";

export const measures = ["requested", "held", "virtualSize"] as const;
export type Measure = (typeof measures)[number];

export const maxSlices = 10;

/** What requests are counted over: the capture, or the last minutes, which roll. */
export const shareSpans = ["all", "1", "5", "15"] as const;
export type ShareSpan = (typeof shareSpans)[number];

/** A ring shows parts of a whole; bars let lengths be compared. */
export const shareViews = ["pie", "bars"] as const;
export type ShareView = (typeof shareViews)[number];

export interface Slice {
  readonly key: string;
  readonly pid: number;
  readonly name: string;
  readonly ended: boolean;
  readonly bytes: bigint;
  /** 0 to 1. */
  readonly share: number;
  /** Records about it may have been lost. */
  readonly uncertain: boolean;
}

export interface Others {
  readonly bytes: bigint;
  readonly share: number;
  /** Processes known by name; ones that ended long ago are in `bytes` only. */
  readonly processCount: number;
  /** Records about one of them may have been lost. */
  readonly uncertain: boolean;
}

export interface Pie {
  /** Largest first, at most `limit`. */
  readonly slices: readonly Slice[];
  /** Absent where nothing is left over. */
  readonly others: Others | undefined;
  /** Exactly the sum of the slices and the others. */
  readonly total: bigint;
  /** Records about any of them may have been lost. */
  readonly uncertain: boolean;
}

interface Sized {
  readonly row: ProcessRow;
  readonly bytes: bigint;
}

function comesBefore(a: Sized, b: Sized): boolean {
  return a.bytes === b.bytes ? a.row.pid < b.row.pid : a.bytes > b.bytes;
}

/**
 * What was requested stays requested when a process ends; held and virtual size end with it.
 * `grandTotal` is the sum over all processes, forgotten ones included, where it is known: what the
 * rows do not explain of it belongs to the others.
 */
export function computePie(rows: readonly ProcessRow[], measure: Measure, grandTotal = 0n, limit = maxSlices): Pie {
  return pieOf(rows, (row) => (row.ended && measure !== "requested" ? 0n : (row[measure] ?? 0n)), grandTotal, limit);
}

/** The same of any size that processes have. */
export function pieOf(rows: readonly ProcessRow[], sizeOf: (row: ProcessRow) => bigint, grandTotal = 0n, limit = maxSlices): Pie {
  const greatest: Sized[] = [];
  let count = 0;
  let sum = 0n;
  let uncertainCount = 0;
  for (const row of rows) {
    const bytes = sizeOf(row);
    if (bytes <= 0n) continue;
    const sized = { row, bytes };
    count++;
    sum += bytes;
    if (row.uncertain) uncertainCount++;
    // Sorting all of ten thousand for the sake of ten would cost more than all else here.
    const least = greatest[limit - 1];
    if (least !== undefined && !comesBefore(sized, least)) continue;
    let at = greatest.length;
    while (at > 0 && comesBefore(sized, greatest[at - 1] as Sized)) at--;
    greatest.splice(at, 0, sized);
    if (greatest.length > limit) greatest.pop();
  }
  const total = grandTotal > sum ? grandTotal : sum;
  const slices = greatest.map(({ row, bytes }) => ({
    key: row.key,
    pid: row.pid,
    name: row.name,
    ended: row.ended,
    bytes,
    share: ratio(bytes, total),
    uncertain: row.uncertain,
  }));
  const rest = total - slices.reduce((bytes, slice) => bytes + slice.bytes, 0n);
  const others =
    rest > 0n
      ? { bytes: rest, share: ratio(rest, total), processCount: count - slices.length, uncertain: uncertainCount > slices.filter(({ uncertain }) => uncertain).length }
      : undefined;
  return { slices, others, total, uncertain: uncertainCount > 0 };
}

/**
 * A colour number for each key: one that had a colour keeps it while it is among `keys`, so that a
 * process does not change its colour when it overtakes another.
 */
export function assignColours(
  previous: ReadonlyMap<string, number>,
  keys: readonly string[],
  count = maxSlices,
): Map<string, number> {
  const assigned = new Map<string, number>();
  const used = new Set<number>();
  for (const key of keys) {
    const colour = previous.get(key);
    if (colour === undefined || colour >= count || used.has(colour)) continue;
    assigned.set(key, colour);
    used.add(colour);
  }
  let next = 0;
  for (const key of keys) {
    if (assigned.has(key)) continue;
    while (used.has(next)) next++;
    assigned.set(key, next % count);
    used.add(next);
  }
  return assigned;
}

/** Slices in the places that `keys` had: who comes takes that of one who went, or one behind them all; no other moves. */
export function inPlaces(slices: readonly Slice[], keys: readonly string[]): Slice[] {
  const placed = new Map(slices.map((slice) => [slice.key, slice]));
  const known = new Set(keys);
  const came = slices.filter(({ key }) => !known.has(key));
  const places = keys.map((key) => placed.get(key) ?? came.shift());
  // Fewer than there were: the last ones fill the places that are left.
  for (let gap = places.indexOf(undefined); gap >= 0; gap = places.indexOf(undefined)) {
    const last = places.pop();
    if (gap < places.length) places[gap] = last;
  }
  return [...places.filter((slice) => slice !== undefined), ...came];
}

/**
 * Lengths of bars, 0 to 1: the largest process's is the whole length, so that processes can be
 * compared. Others are often more than all of them: their bar ends there, and is marked as cut.
 */
export function barLengths({ slices, others }: Pie): { readonly slices: readonly number[]; readonly others: number; readonly cut: boolean } {
  const largest = slices[0]?.bytes ?? 0n;
  const whole = largest > 0n ? largest : (others?.bytes ?? 0n);
  const length = ratio(others?.bytes ?? 0n, whole);
  return { slices: slices.map(({ bytes }) => ratio(bytes, whole)), others: Math.min(length, 1), cut: length > 1 };
}
