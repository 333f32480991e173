// SPDX-License-Identifier: Apache-2.0
//
// Processes of one program, user or container, and what they come to together.

import type { ProcessRow } from "./process";
import type { Measures } from "./history";

export type GroupBy = "program" | "user" | "container";

export interface Sums {
  /** Living and ended. */
  readonly count: number;
  readonly endedCount: number;
  /** Nobody of them lives: they have none of the figures of the living. */
  readonly ended: boolean;
  /** Of the living: what was held ends with a process. */
  readonly held: bigint;
  /** Of the living, an address space that several share once. */
  readonly virtualSize: bigint;
  /** Of the living, as the virtual size: pages that processes share count with each. */
  readonly resident: bigint;
  /** Of all: what was requested stays requested. Undefined where that of one of them is not known. */
  readonly requested: bigint | undefined;
  /** Of the living, as far as they are known; undefined where none is, or the capture began anew under one of them. */
  readonly rate: number | undefined;
  readonly growth: number | undefined;
  /** Records about one of them may have been lost. */
  readonly uncertain: boolean;
  /** As of a process, of one of the living. */
  readonly anew: boolean;
}

/** Of two of which either may be unknown. */
function plus(sum: number | undefined, more: number | undefined): number | undefined {
  return more === undefined ? sum : (sum ?? 0) + more;
}

export function sumUp(rows: readonly ProcessRow[], measures: Measures): Sums {
  const spaces = new Set<bigint>();
  let endedCount = 0;
  let held = 0n;
  let virtualSize = 0n;
  let resident = 0n;
  let requested: bigint | undefined = 0n;
  let rate: number | undefined;
  let growth: number | undefined;
  let uncertain = false;
  let anew = false;
  for (const row of rows) {
    requested = requested === undefined || row.requested === undefined ? undefined : requested + row.requested;
    uncertain ||= row.uncertain;
    if (row.ended) {
      endedCount++;
      continue;
    }
    held += row.held;
    anew ||= row.anew;
    rate = plus(rate, measures.rate(row.key));
    growth = plus(growth, measures.growth(row.key));
    if (row.mmId !== 0n && spaces.has(row.mmId)) continue;
    spaces.add(row.mmId);
    virtualSize += row.virtualSize;
    resident += row.resident;
  }
  if (anew) rate = growth = undefined;
  return { count: rows.length, endedCount, ended: endedCount === rows.length, held, virtualSize, resident, requested, rate, growth, uncertain, anew };
}

/** Of those of whom nobody knows whose they were. No user or container is called so. */
export const unknownGroup = "?";

/** What they have in common, as text. */
export function groupOfRow(row: ProcessRow, by: GroupBy): string {
  if (by === "program") return row.name;
  // A name may be missing, or be of two ids: the id is what they have in common.
  return String((by === "user" ? row.uid : row.container) ?? unknownGroup);
}

export function groupRows(rows: readonly ProcessRow[], by: GroupBy): Map<string, ProcessRow[]> {
  const groups = new Map<string, ProcessRow[]>();
  for (const row of rows) {
    const name = groupOfRow(row, by);
    const members = groups.get(name);
    if (members === undefined) groups.set(name, [row]);
    else members.push(row);
  }
  return groups;
}
