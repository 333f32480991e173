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
  readonly id: string;
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
  readonly rate: number;
  readonly growth: number;
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
      return (a, b) => a.rate - b.rate;
    case "trend":
      return (a, b) => a.growth - b.growth;
  }
}

/** Equal ones are in the order of their process ids, whichever way the column goes. */
export function comparing(sorting: Sorting, locale = "en"): Compare {
  const compare = compareBy(sorting.column, new Intl.Collator(locale, { numeric: true }));
  const sign = sorting.descending ? -1 : 1;
  return (a, b) => sign * compare(a, b) || a.pid - b.pid || (a.id < b.id ? -1 : 1);
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
