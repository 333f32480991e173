// SPDX-License-Identifier: Apache-2.0
//
// Which processes the table shows, and in which order.

import type { ProcessRow } from "./process";

export const columns = ["pid", "name", "held", "virtualSize", "share"] as const;
export type Column = (typeof columns)[number];

export interface Sorting {
  readonly column: Column;
  readonly descending: boolean;
}

export const defaultSorting: Sorting = { column: "held", descending: true };

function compareBig(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareBy(column: Column, collator: Intl.Collator): (a: ProcessRow, b: ProcessRow) => number {
  switch (column) {
    case "pid":
      return (a, b) => a.pid - b.pid;
    case "name":
      return (a, b) => collator.compare(a.name, b.name);
    case "held":
      return (a, b) => compareBig(a.held, b.held);
    // The share is the virtual size over a constant.
    case "virtualSize":
    case "share":
      return (a, b) => compareBig(a.virtualSize, b.virtualSize);
  }
}

/** A sorted copy. Equal ones are in the order of their process ids, whichever way the column goes. */
export function sortRows(rows: readonly ProcessRow[], sorting: Sorting, locale = "en"): ProcessRow[] {
  const compare = compareBy(sorting.column, new Intl.Collator(locale, { numeric: true }));
  const sign = sorting.descending ? -1 : 1;
  return [...rows].sort((a, b) => sign * compare(a, b) || a.pid - b.pid || (a.key < b.key ? -1 : 1));
}

/**
 * Rows that answer the search: every word has to be found in the name, the command line or at the
 * beginning of the process id, whatever its case.
 */
export function filterRows(rows: readonly ProcessRow[], search: string, showEnded = true): readonly ProcessRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && showEnded) return rows;
  return rows.filter((row) => {
    if (!showEnded && row.ended) return false;
    const name = row.name.toLowerCase();
    const line = row.commandLine.toLowerCase();
    const pid = String(row.pid);
    return words.every((word) => name.includes(word) || line.includes(word) || pid.startsWith(word));
  });
}
