// SPDX-License-Identifier: Apache-2.0
//
// In which order the table's lines stand: processes by their own figures, groups by their sums.

import { type Column, isColumn, isFigure, isOfLiving } from "./columns";
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
  readonly uid: number | undefined;
  readonly userName: string;
  readonly container: string | undefined;
  readonly cgroupId: bigint | undefined;
  readonly held: bigint;
  readonly virtualSize: bigint;
  readonly resident: bigint;
  readonly requested: bigint | undefined;
  /** A process that has, or a group of nobody else. */
  readonly ended: boolean;
}

/** Figures that are looked up rather than had: only where they are sorted by. Undefined where they are not known. */
export interface Looked<T> {
  readonly rate: (item: T) => number | undefined;
  readonly growth: (item: T) => number | undefined;
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
      return (a, b) => collator.compare(userOf(a), userOf(b)) || (a.uid ?? 0) - (b.uid ?? 0);
    case "container":
      return (a, b) => collator.compare(a.container ?? "", b.container ?? "");
    case "cgroup":
      return (a, b) => compareBig(a.cgroupId ?? 0n, b.cgroupId ?? 0n);
    case "held":
      return (a, b) => compareBig(a.held, b.held);
    // The share is the virtual size over a constant.
    case "virtualSize":
    case "share":
      return (a, b) => compareBig(a.virtualSize, b.virtualSize);
    case "resident":
      return (a, b) => compareBig(a.resident, b.resident);
    case "requested":
      return (a, b) => compareBig(a.requested ?? 0n, b.requested ?? 0n);
    case "rate":
    case "trend":
      return () => 0;
  }
}

/** The column as a number, which is rounded where it is large, or as one that is not known; undefined where it is none. */
function figureBy<T extends Sortable>(column: Column, looked: Looked<T>): ((item: T) => number | undefined) | undefined {
  switch (column) {
    case "held":
      return ({ held }) => Number(held);
    case "virtualSize":
    case "share":
      return ({ virtualSize }) => Number(virtualSize);
    case "resident":
      return ({ resident }) => (resident === 0n ? undefined : Number(resident));
    case "requested":
      return ({ requested }) => (requested === undefined ? undefined : Number(requested));
    case "rate":
      return looked.rate;
    case "trend":
      return looked.growth;
    default:
      return undefined;
  }
}

/**
 * Equal ones are in the order of their process ids, whichever way the column goes. So are those without
 * the figure, which has ended with them or is not known: they come last either way, for it is not 0.
 */
export function sorted<T extends Sortable>(items: readonly T[], looked: Looked<T>, { column, descending }: Sorting, locale: string): T[] {
  const sign = descending ? -1 : 1;
  const compare = compareBy(column, new Intl.Collator(locale, { numeric: true }));
  const byId = (a: T, b: T) => a.pid - b.pid || (a.key < b.key ? -1 : 1);
  const exactly = (a: T, b: T) => sign * compare(a, b) || byId(a, b);
  const figure = figureBy(column, looked);
  if (figure === undefined) return [...items].sort(exactly);
  const ofLiving = isOfLiving(column);
  // Ten thousand are compared several times a second: doubles are quicker than big integers, and hardly two are equal.
  const ranked: { readonly item: T; readonly value: number }[] = [];
  const without: T[] = [];
  for (const item of items) {
    const value = ofLiving && item.ended ? undefined : figure(item);
    if (value === undefined) without.push(item);
    else ranked.push({ item, value: sign * value });
  }
  ranked.sort((a, b) => a.value - b.value || exactly(a.item, b.item));
  return [...ranked.map(({ item }) => item), ...without.sort(byId)];
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
