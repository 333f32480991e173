// SPDX-License-Identifier: Apache-2.0
//
// The lines of the process table, top to bottom: pinned processes, then a list, groups or a tree.

import { Family } from "./family";
import { type GroupBy, type Sums, groupRows, sumUp, unknownGroup } from "./group";
import type { Measures } from "./history";
import type { ProcessRow } from "./process";
import type { Search } from "./search";
import { type Sorting, sorted } from "./sorting";

export const arrangements = ["list", "program", "user", "container", "tree"] as const;
export type Arrangement = (typeof arrangements)[number];

export interface ProcessLine {
  readonly type: "process";
  readonly id: string;
  readonly key: string;
  /** 0 at the left edge. */
  readonly depth: number;
  readonly pinned: boolean;
  /** Lines below this one that can be opened and closed; 0 where there are none. */
  readonly below: number;
  readonly open: boolean;
  /** It does not answer the search, and stands here for one below it that does. */
  readonly context: boolean;
}

export interface GroupLine {
  readonly type: "group";
  readonly id: string;
  /** What its processes have in common. */
  readonly name: string;
  /** The same as people call it; empty where that is not known. */
  readonly label: string;
  readonly keys: readonly string[];
  readonly open: boolean;
}

export type Line = ProcessLine | GroupLine;

export interface OutlineOptions {
  readonly arrangement: Arrangement;
  readonly sorting: Sorting;
  readonly locale: string;
  readonly search: Search & { valid: true };
  readonly showEnded: boolean;
  /** In the order in which they were pinned. */
  readonly pins: readonly string[];
  /** Lines that are not as they are at first: groups closed, branches open. */
  readonly toggled: ReadonlySet<string>;
  readonly measures: Measures;
}

export interface Outline {
  readonly lines: readonly Line[];
  /** How many of them, at the top, are pinned. */
  readonly pinnedCount: number;
  /** Processes that answer the search, pinned ones included where they do. */
  readonly matchCount: number;
}

export function sortRows(rows: readonly ProcessRow[], { sorting, locale, measures }: Pick<OutlineOptions, "sorting" | "locale" | "measures">): ProcessRow[] {
  return sorted(rows, { rate: ({ key }) => measures.rate(key), growth: ({ key }) => measures.growth(key) }, sorting, locale);
}

function line(row: ProcessRow, more: Partial<ProcessLine> = {}): ProcessLine {
  return {
    type: "process",
    id: row.key,
    key: row.key,
    depth: 0,
    pinned: false,
    below: 0,
    open: false,
    context: false,
    ...more,
  };
}

function groupLines(rows: readonly ProcessRow[], by: GroupBy, options: OutlineOptions): Line[] {
  const groups = [...groupRows(rows, by)].map(([name, members]) => {
    const sums: Sums = sumUp(members, options.measures);
    const [first] = members;
    return {
      ...sums,
      key: `${by}:${name}`,
      name,
      members,
      pid: first?.pid ?? 0,
      uid: first?.uid,
      userName: first?.userName ?? "",
      container: first?.container,
      cgroupId: first?.cgroupId,
    };
  });
  const looked = { rate: ({ rate }: Sums) => rate, growth: ({ growth }: Sums) => growth };
  return sorted(groups, looked, options.sorting, options.locale).flatMap(({ key: id, name, members, userName }) => {
    const open = options.toggled.has(id);
    const head: Line = { type: "group", id, name, label: by === "user" ? userName : by === "container" && name === unknownGroup ? "" : name, keys: members.map(({ key }) => key), open };
    return open ? [head, ...sortRows(members, options).map((row) => line(row, { depth: 1 }))] : [head];
  });
}

function treeLines(all: readonly ProcessRow[], found: readonly ProcessRow[], options: OutlineOptions): Line[] {
  const family = new Family(all);
  const matching = new Set(found.map(({ key }) => key));
  // Whoever answers the search, and all above them.
  const wanted = new Map<string, ProcessRow>();
  const parents = new Map<string, string>();
  for (const row of found) {
    for (let at: ProcessRow | undefined = row; at !== undefined && !wanted.has(at.key); ) {
      wanted.set(at.key, at);
      const parent = family.parentOf(at);
      if (parent !== undefined) parents.set(at.key, parent.key);
      at = parent;
    }
  }
  const children = new Map<string, ProcessRow[]>();
  const roots: ProcessRow[] = [];
  for (const row of sortRows([...wanted.values()], options)) {
    const parent = parents.get(row.key);
    if (parent === undefined) roots.push(row);
    else if (children.has(parent)) children.get(parent)?.push(row);
    else children.set(parent, [row]);
  }
  const lines: Line[] = [];
  const visit = (row: ProcessRow, depth: number): void => {
    const below = children.get(row.key) ?? [];
    const open = !options.toggled.has(`branch:${row.key}`);
    lines.push(line(row, { depth, below: below.length, open: below.length > 0 && open, context: !matching.has(row.key) }));
    if (open) for (const child of below) visit(child, depth + 1);
  };
  for (const root of roots) visit(root, 0);
  return lines;
}

export function outline(rows: readonly ProcessRow[], options: OutlineOptions): Outline {
  const pinned = new Map<string, ProcessRow | undefined>(options.pins.map((key) => [key, undefined]));
  const found: ProcessRow[] = [];
  for (const row of rows) {
    if (pinned.has(row.key)) pinned.set(row.key, row);
    if ((options.showEnded || !row.ended) && options.search.matches(row)) found.push(row);
  }
  const list = options.arrangement === "list";
  const top = [...pinned.values()].flatMap((row) =>
    row === undefined ? [] : [line(row, { pinned: true, id: list ? row.key : `pin:${row.key}` })],
  );
  // In a list a pinned process moves to the top; groups and trees would not be whole without it.
  const rest = list ? found.filter((row) => !pinned.has(row.key)) : found;
  const lines: Line[] =
    options.arrangement === "list"
      ? sortRows(rest, options).map((row) => line(row))
      : options.arrangement === "tree"
        ? treeLines(rows, found, options)
        : groupLines(rest, options.arrangement, options);
  return { lines: [...top, ...lines], pinnedCount: top.length, matchCount: found.length };
}

/** What `toggled` calls the line: a process in a group is no branch. */
export function toggleId(line: Line): string {
  return line.type === "group" ? line.id : `branch:${line.key}`;
}
