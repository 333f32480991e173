// SPDX-License-Identifier: Apache-2.0
//
// The shares of the processes that asked for most, and of all others together.

import { type ProcessRow, ratio } from "./process";

export const measures = ["requested", "held", "virtualSize"] as const;
export type Measure = (typeof measures)[number];

export const maxSlices = 10;

export interface Slice {
  readonly key: string;
  readonly pid: number;
  readonly name: string;
  readonly ended: boolean;
  readonly bytes: bigint;
  /** 0 to 1. */
  readonly share: number;
}

export interface Others {
  readonly bytes: bigint;
  readonly share: number;
  /** Processes known by name; ones that ended long ago are in `bytes` only. */
  readonly processCount: number;
}

export interface Pie {
  /** Largest first, at most `limit`. */
  readonly slices: readonly Slice[];
  /** Absent where nothing is left over. */
  readonly others: Others | undefined;
  /** Exactly the sum of the slices and the others. */
  readonly total: bigint;
}

/**
 * What was requested stays requested when a process ends; held and virtual size end with it.
 * `grandTotal` is the sum over all processes, forgotten ones included, where it is known: what the
 * rows do not explain of it belongs to the others.
 */
export function computePie(
  rows: readonly ProcessRow[],
  measure: Measure,
  grandTotal = 0n,
  limit = maxSlices,
): Pie {
  const counted = rows.filter((row) => row[measure] > 0n && (measure === "requested" || !row.ended));
  counted.sort((a, b) => (a[measure] === b[measure] ? a.pid - b.pid : a[measure] > b[measure] ? -1 : 1));
  const sum = counted.reduce((bytes, row) => bytes + row[measure], 0n);
  const total = grandTotal > sum ? grandTotal : sum;
  const slices = counted.slice(0, limit).map((row) => ({
    key: row.key,
    pid: row.pid,
    name: row.name,
    ended: row.ended,
    bytes: row[measure],
    share: ratio(row[measure], total),
  }));
  const rest = total - slices.reduce((bytes, slice) => bytes + slice.bytes, 0n);
  const others =
    rest > 0n
      ? { bytes: rest, share: ratio(rest, total), processCount: counted.length - slices.length }
      : undefined;
  return { slices, others, total };
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
