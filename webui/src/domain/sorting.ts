// SPDX-License-Identifier: Apache-2.0
//
// In which order the table's lines stand: processes by their own figures, groups by their sums.

import { type Column, isColumn, isFigure } from "./columns";
import { userOf } from "./process";

export interface Sorting {
  readonly column: Column;
  readonly descending: boolean;
}

export const defaultSorting: Sorting = { column: "held", descending: true };

/** What can be compared: a process, or a group of them. */
export interface Sortable {
  readonly key: string;
  readonly pid: number;
  readonly name: string;
  readonly uid: number;
  readonly userName: string;
  readonly container: string;
  readonly cgroupId: bigint;
  readonly held: bigint;
  readonly virtualSize: bigint;
  readonly resident: bigint;
  readonly requested: bigint;
  /** Of a process: what it has given back ranks below all that is still held. */
  readonly ended?: boolean;
}

/** Figures that are looked up rather than had: only where they are sorted by. */
export interface Looked<T> {
  readonly rate: (item: T) => number;
  readonly growth: (item: T) => number;
}

type Compare = (a: Sortable, b: Sortable) => number;

function compareBig(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareBy(column: Column, collator: Intl.Collator): Compare {
  switch (column) {
    case "pid":
      return (a, b) => a.pid - b.pid;
    case "name":
      return (a, b) => collator.compare(a.name, b.name);
    case "user":
      return (a, b) => collator.compare(userOf(a), userOf(b)) || a.uid - b.uid;
    case "container":
      return (a, b) => collator.compare(a.container, b.container);
    case "cgroup":
      return (a, b) => compareBig(a.cgroupId, b.cgroupId);
    case "held":
      return (a, b) => compareBig(a.held, b.held);
    // The share is the virtual size over a constant.
    case "virtualSize":
    case "share":
      return (a, b) => compareBig(a.virtualSize, b.virtualSize);
    case "resident":
      return (a, b) => compareBig(a.resident, b.resident);
    case "requested":
      return (a, b) => compareBig(a.requested, b.requested);
    case "rate":
    case "trend":
      return () => 0;
  }
}

/** The column as a number, which is rounded where it is large; undefined where it is none. */
function figureBy<T extends Sortable>(column: Column, looked: Looked<T>): ((item: T) => number) | undefined {
  switch (column) {
    case "held":
      return ({ held, ended }) => (ended === true ? -1 : Number(held));
    case "virtualSize":
    case "share":
      return ({ virtualSize, ended }) => (ended === true ? -1 : Number(virtualSize));
    case "resident":
      return ({ resident }) => Number(resident);
    case "requested":
      return ({ requested }) => Number(requested);
    case "rate":
      return looked.rate;
    case "trend":
      return looked.growth;
    default:
      return undefined;
  }
}

/** Equal ones are in the order of their process ids, whichever way the column goes. */
export function sorted<T extends Sortable>(items: readonly T[], looked: Looked<T>, { column, descending }: Sorting, locale: string): T[] {
  const sign = descending ? -1 : 1;
  const compare = compareBy(column, new Intl.Collator(locale, { numeric: true }));
  const exactly = (a: T, b: T) => sign * compare(a, b) || a.pid - b.pid || (a.key < b.key ? -1 : 1);
  const figure = figureBy(column, looked);
  if (figure === undefined) return [...items].sort(exactly);
  // Ten thousand are compared several times a second: doubles are quicker than big integers, and hardly two are equal.
  return items
    .map((item) => ({ item, value: sign * figure(item) }))
    .sort((a, b) => a.value - b.value || exactly(a.item, b.item))
    .map(({ item }) => item);
}

/** A click on a column's head: the other way round, or a column's own first way. */
export function sortedBy(column: Column, before: Sorting): Sorting {
  return { column, descending: before.column === column ? !before.descending : isFigure(column) };
}

export function formatSorting({ column, descending }: Sorting): string {
  return `${column} ${descending ? "desc" : "asc"}`;
}

export function parseSorting(text: string | undefined): Sorting | undefined {
  const [column = "", way] = text?.split(" ") ?? [];
  return isColumn(column) && (way === "asc" || way === "desc") ? { column, descending: way === "desc" } : undefined;
}
