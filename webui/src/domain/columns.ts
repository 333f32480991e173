// SPDX-License-Identifier: Apache-2.0
//
// The columns of the process table, and which of them somebody has chosen.

export const columns = [
  "pid",
  "name",
  "user",
  "container",
  "cgroup",
  "held",
  "virtualSize",
  "resident",
  "share",
  "requested",
  "rate",
  "trend",
] as const;
export type Column = (typeof columns)[number];

/** A table without names is of no use to anybody: this one stays. */
export const fixedColumn: Column = "name";

export const wideColumns: readonly Column[] = ["pid", "name", "user", "held", "virtualSize", "resident", "share", "rate", "trend"];
export const narrowColumns: readonly Column[] = ["pid", "name", "held", "virtualSize", "share"];

/** Known of now alone: it is not stored, and of the past nobody knows it. */
export function isStored(column: Column): boolean {
  return column !== "resident";
}

/** What ends with a process: it has given all back, and calls no more. What it requested stays requested. */
export function isOfLiving(column: Column): boolean {
  return ["held", "virtualSize", "resident", "share", "rate", "trend"].includes(column);
}

/** Says whose a process is. */
export function isWhose(column: Column): boolean {
  return ["user", "container", "cgroup"].includes(column);
}

/** What happened in a time, rather than what was at its end. */
export function isChange(column: Column): boolean {
  return column === "rate" || column === "trend";
}

/** Figures begin with the largest, names and ids with the first. */
export function isFigure(column: Column): boolean {
  return !["pid", "name", "user", "container", "cgroup"].includes(column);
}

export function isColumn(text: string): text is Column {
  return (columns as readonly string[]).includes(text);
}

/** In the table's order, whatever the order in which they were chosen. */
function inOrder(chosen: ReadonlySet<string>): Column[] {
  return columns.filter((column) => column === fixedColumn || chosen.has(column));
}

export function toggleColumn(chosen: readonly Column[], column: Column): Column[] {
  const next = new Set<string>(chosen);
  if (!next.delete(column)) next.add(column);
  return inOrder(next);
}

/** As the address says them, and as they are remembered. */
export function columnsText(chosen: readonly Column[]): string {
  return chosen.join(".");
}

/** Columns that there are not, or no more, are left out; undefined where none is left. */
export function parseColumns(text: string | undefined): Column[] | undefined {
  // Earlier pages remembered them with commas.
  const known = (text ?? "").split(/[.,]/).filter(isColumn);
  return known.length === 0 ? undefined : inOrder(new Set(known));
}

export function sameColumns(one: readonly Column[] | undefined, other: readonly Column[] | undefined): boolean {
  return one?.join() === other?.join();
}

/** What only a single process has: a group's line says nothing there. */
const ofOne: ReadonlySet<Column> = new Set<Column>(["pid", "user", "container", "cgroup"]);

export interface GroupCell {
  readonly column: Column;
  /** The first column that it covers, from 1, and how many. */
  readonly at: number;
  readonly span: number;
}

/** The cells of a group's line: the name's covers what is empty on both sides of it. */
export function groupCells(shown: readonly Column[]): GroupCell[] {
  const name = shown.indexOf("name");
  let first = name;
  while (first > 0 && ofOne.has(shown[first - 1] ?? "name")) first--;
  let end = name + 1;
  while (end < shown.length && ofOne.has(shown[end] ?? "name")) end++;
  return shown.flatMap((column, index): GroupCell[] => {
    if (index === name) return [{ column, at: first + 1, span: end - first }];
    return index >= first && index < end ? [] : [{ column, at: index + 1, span: 1 }];
  });
}
