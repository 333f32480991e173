// SPDX-License-Identifier: Apache-2.0
//
// Two ranges of time, A and B, beside each other: how much more each process asked for, made calls
// and held in A than in B.

import type { GetSummaryResponse } from "@/gen/memmon/v1/memmon_pb";
import type { ComparedSorting, ComparisonGrouping } from "./comparedView";
import { type ProcessRow, callCount } from "./process";

/** What a comparison needs of a range. */
export interface ComparedRange {
  readonly processes: { readonly rows: readonly ProcessRow[] };
  readonly summary: Pick<GetSummaryResponse, "totalBytes">;
}

/** Of a process, or of all processes of a program, in one of the ranges. */
export interface RangeFigures {
  /** In the range, bytes; undefined where the capture began anew in it, as are calls. */
  readonly requested: bigint | undefined;
  /** At its end, bytes. */
  readonly held: bigint;
  /** In the range, failed ones too; undefined of processes that ended in it: of those bytes alone are told. */
  readonly calls: number | undefined;
  /** The capture began anew in the range, under it or one of them: why what is not known is not. */
  readonly anew: boolean;
}

export interface ComparedLine {
  readonly id: string;
  readonly name: string;
  /** Of a process alone. */
  readonly key: string | undefined;
  readonly pid: number | undefined;
  /** Undefined where it was not there. */
  readonly a: RangeFigures | undefined;
  readonly b: RangeFigures | undefined;
  /** A less B. */
  readonly requested: bigint | undefined;
  readonly held: bigint;
  readonly calls: number | undefined;
}

export interface Comparison {
  /** Those that differ. */
  readonly lines: readonly ComparedLine[];
  /** How many are the same in both. */
  readonly sameCount: number;
  /** Requested by all, bytes. */
  readonly total: { readonly a: bigint; readonly b: bigint };
  /** Requested by processes that ended in a range and are too many to be told one by one. */
  readonly others: { readonly a: bigint; readonly b: bigint };
}

function figuresOf(row: ProcessRow): RangeFigures {
  return { requested: row.requested, held: row.held, calls: row.ended || row.anew ? undefined : callCount(row), anew: row.anew };
}

/** Nothing is known of two of which either is not. */
function known<T extends bigint | number>(a: T | undefined, b: T | undefined, of: (a: T, b: T) => T): T | undefined {
  return a === undefined || b === undefined ? undefined : of(a, b);
}

function sum(a: RangeFigures | undefined, b: RangeFigures): RangeFigures {
  if (a === undefined) return b;
  return {
    requested: known(a.requested, b.requested, (left, right) => left + right),
    held: a.held + b.held,
    calls: known(a.calls, b.calls, (left, right) => left + right),
    anew: a.anew || b.anew,
  };
}

type Sides = Pick<ComparedLine, "id" | "name" | "key" | "pid"> & { a?: RangeFigures; b?: RangeFigures };

function gather(range: ComparedRange, side: "a" | "b", grouping: ComparisonGrouping, lines: Map<string, Sides>): void {
  for (const row of range.processes.rows) {
    const id = grouping === "program" ? row.name : row.key;
    let line = lines.get(id);
    if (line === undefined) {
      const own = grouping === "program" ? { key: undefined, pid: undefined } : { key: row.key, pid: row.pid };
      lines.set(id, (line = { id, name: row.name, ...own }));
    }
    line[side] = sum(line[side], figuresOf(row));
  }
}

const nothing: RangeFigures = { requested: 0n, held: 0n, calls: 0, anew: false };

function toLine({ a, b, ...who }: Sides): ComparedLine {
  const [left, right] = [a ?? nothing, b ?? nothing];
  return {
    ...who,
    a,
    b,
    requested: known(left.requested, right.requested, (one, other) => one - other),
    held: left.held - right.held,
    calls: known(left.calls, right.calls, (one, other) => one - other),
  };
}

/** What is not in the lines; what the store rounds to minutes may make them more than the whole. */
function rest({ summary, processes }: ComparedRange): bigint {
  const listed = processes.rows.reduce((bytes, row) => bytes + (row.requested ?? 0n), 0n);
  return summary.totalBytes > listed ? summary.totalBytes - listed : 0n;
}

export function compareRanges(a: ComparedRange, b: ComparedRange, grouping: ComparisonGrouping): Comparison {
  const sides = new Map<string, Sides>();
  gather(a, "a", grouping, sides);
  gather(b, "b", grouping, sides);
  const all = [...sides.values()].map(toLine);
  // Where calls are not known on either side, bytes decide.
  const lines = all.filter(({ requested, held, calls }) => requested !== 0n || held !== 0n || (calls ?? 0) !== 0);
  return {
    lines,
    sameCount: all.length - lines.length,
    total: { a: a.summary.totalBytes, b: b.summary.totalBytes },
    others: { a: rest(a), b: rest(b) },
  };
}

/** By the difference, sign and all; equal ones by their names. Unknown differences come last. */
export function sortLines(lines: readonly ComparedLine[], { column, descending }: ComparedSorting, locale = "en"): ComparedLine[] {
  const { compare } = new Intl.Collator(locale, { numeric: true });
  const byName = (a: ComparedLine, b: ComparedLine) => compare(a.name, b.name) || (a.pid ?? 0) - (b.pid ?? 0);
  const sign = descending ? -1 : 1;
  if (column === "name") return [...lines].sort((a, b) => sign * byName(a, b));
  return [...lines].sort((a, b) => {
    const [left, right] = [a[column], b[column]];
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined) || byName(a, b);
    return sign * (left < right ? -1 : left > right ? 1 : 0) || byName(a, b);
  });
}
