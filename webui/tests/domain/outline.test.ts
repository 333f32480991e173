// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { type Line, type OutlineOptions, outline, sortRows, toggleId } from "@/domain/outline";
import type { Measures } from "@/domain/history";
import type { ProcessRow } from "@/domain/process";
import { parseSearch } from "@/domain/search";
import { type Sorting, formatSorting, parseSorting, sortedBy } from "@/domain/sorting";
import { row } from "../builders";

const still: Measures = { rate: () => 0, growth: () => 0 };
const rows = [
  row(30, { name: "beta", held: 5n, virtualSize: 2n ** 60n, uid: 3, requested: 9n, cgroupId: 7n }),
  row(10, { name: "Alpha", held: 5n, virtualSize: 2n ** 60n + 1n, uid: 1, requested: 1n, cgroupId: 9n }),
  row(200, { name: "ärger", held: 7n, virtualSize: 1n, uid: 2, requested: 5n, cgroupId: 8n }),
];
const pids = (list: readonly { pid: number }[]) => list.map(({ pid }) => pid);

function sorted(column: Sorting["column"], descending: boolean, measures = still): number[] {
  return pids(sortRows(rows, { sorting: { column, descending }, locale: "en", measures }));
}

describe("what there is not", () => {
  const some = [
    row(4, { held: 900n, virtualSize: 900n, resident: 900n, requested: 1n, ended: true }),
    row(1, { held: 2n, virtualSize: 2n, resident: 2n, requested: 2n }),
    row(2, { held: 800n, virtualSize: 800n, resident: 800n, requested: 9n, ended: true }),
    row(3, { held: 0n, virtualSize: 1n, resident: 1n, requested: 3n }),
  ];
  const measures: Measures = { rate: (key) => Number(key.charAt(0)) * -1, growth: (key) => Number(key.charAt(0)) * -1 };
  const order = (column: Sorting["column"], descending: boolean, rows = some, given = measures) =>
    pids(sortRows(rows, { sorting: { column, descending }, locale: "en", measures: given }));

  it.each(["held", "virtualSize", "share", "resident", "rate", "trend"] as const)("comes last both ways where it ended with the process: %s", (column) => {
    expect(order(column, true)).toEqual([1, 3, 2, 4]);
    expect(order(column, false)).toEqual([3, 1, 2, 4]);
  });

  it("is nothing that a process keeps when it ends", () => {
    expect(order("requested", true)).toEqual([2, 3, 1, 4]);
    expect(order("pid", false)).toEqual([1, 2, 3, 4]);
  });

  it("comes last both ways where it is not known", () => {
    const living = [row(1, { resident: 5n }), row(2), row(3, { resident: 7n })];
    expect(order("resident", true, living)).toEqual([3, 1, 2]);
    expect(order("resident", false, living)).toEqual([1, 3, 2]);
    const unknown: Measures = { rate: (key) => (key === "1:1" ? undefined : 0), growth: () => undefined };
    for (const descending of [true, false]) expect(order("rate", descending, living, unknown)).toEqual([2, 3, 1]);
  });

  it("comes last both ways where all of a group have ended", () => {
    const rows = [row(1, { name: "gone", held: 90n, ended: true }), row(2, { name: "lives", held: 3n }), row(3, { name: "idle" })];
    const heads = (descending: boolean) => lines(rows, { arrangement: "program", sorting: { column: "held", descending } }).lines.map(({ id }) => id);
    expect(heads(true)).toEqual(["program:lives", "program:idle", "program:gone"]);
    expect(heads(false)).toEqual(["program:idle", "program:lives", "program:gone"]);
  });
});

function lines(of: readonly ProcessRow[], what: Partial<Omit<OutlineOptions, "search">> & { search?: string } = {}) {
  const search = parseSearch(what.search ?? "");
  if (!search.valid) throw new Error(search.reason);
  return outline(of, {
    arrangement: "list",
    sorting: { column: "pid", descending: false },
    locale: "en",
    showEnded: true,
    pins: [],
    toggled: new Set(),
    measures: still,
    ...what,
    search,
  });
}

/** A line as text: indentation, +/- for what can be opened, name or id. */
function sketch(line: Line): string {
  if (line.type === "group") return `${line.open ? "-" : "+"}${line.name} (${line.keys.length})`;
  const fold = line.below === 0 ? "" : line.open ? "-" : "+";
  return `${" ".repeat(line.depth)}${line.pinned ? "*" : ""}${fold}${line.key.split(":")[0]}${line.context ? "?" : ""}`;
}

describe("sorting", () => {
  it("goes by every column, both ways, equal ones by their process ids", () => {
    expect(sorted("pid", false)).toEqual([10, 30, 200]);
    expect(sorted("pid", true)).toEqual([200, 30, 10]);
    expect(sorted("name", false)).toEqual([10, 200, 30]);
    expect(sorted("name", true)).toEqual([30, 200, 10]);
    expect(sorted("user", false)).toEqual([10, 200, 30]);
    expect(sorted("cgroup", true)).toEqual([10, 200, 30]);
    expect(sorted("held", false)).toEqual([10, 30, 200]);
    expect(sorted("held", true)).toEqual([200, 10, 30]);
    expect(sorted("share", false)).toEqual([200, 30, 10]);
    expect(sorted("requested", true)).toEqual([30, 200, 10]);
  });

  it("tells sizes apart that are one and the same as doubles", () => {
    expect(sorted("virtualSize", true)).toEqual([10, 30, 200]);
  });

  it("goes by what was measured", () => {
    const rate = (key: string) => ({ "30:1": 2, "10:1": 9, "200:1": 5 })[key] ?? 0;
    expect(sorted("rate", true, { ...still, rate })).toEqual([10, 200, 30]);
    expect(sorted("trend", false, { ...still, growth: (key) => -rate(key) })).toEqual([10, 200, 30]);
  });

  it("turns round at the second click, and figures begin with the largest", () => {
    const first = sortedBy("rate", { column: "pid", descending: false });
    expect(first).toEqual({ column: "rate", descending: true });
    expect(sortedBy("rate", first)).toEqual({ column: "rate", descending: false });
    expect(sortedBy("name", first)).toEqual({ column: "name", descending: false });
  });

  it("is remembered, and nonsense is not", () => {
    const sorting: Sorting = { column: "virtualSize", descending: true };
    expect(parseSorting(formatSorting(sorting))).toEqual(sorting);
    expect(parseSorting("colour desc")).toBeUndefined();
    expect(parseSorting("pid")).toBeUndefined();
    expect(parseSorting(undefined)).toBeUndefined();
  });
});

describe("a list", () => {
  it("holds what answers the search", () => {
    const { lines: found, matchCount } = lines(rows, { search: "a" });
    expect(found.map(sketch)).toEqual(["10", "30"]);
    expect(matchCount).toBe(2);
  });

  it("leaves ended ones out on request", () => {
    const some = [row(1), row(2, { ended: true })];
    expect(lines(some, { showEnded: false }).lines.map(sketch)).toEqual(["1"]);
    expect(lines(some).lines.map(sketch)).toEqual(["1", "2"]);
  });

  it("has pinned ones at the top, whatever the search and although they ended", () => {
    const some = [row(1), row(2, { ended: true }), row(3)];
    const { lines: found, pinnedCount, matchCount } = lines(some, { pins: ["3:1", "2:1", "9:1"], showEnded: false, search: "p1" });
    expect(found.map(sketch)).toEqual(["*3", "*2", "1"]);
    expect(pinnedCount).toBe(2);
    expect(matchCount).toBe(1);
  });
});

describe("groups", () => {
  const some = [
    row(1, { name: "bash", held: 1n, uid: 5 }),
    row(2, { name: "clang", held: 8n, uid: 5 }),
    row(3, { name: "bash", held: 9n, uid: 6 }),
  ];

  it("stand in the order of their sums, and are closed at first", () => {
    const sorting: Sorting = { column: "held", descending: true };
    expect(lines(some, { arrangement: "program", sorting }).lines.map(sketch)).toEqual(["+bash (2)", "+clang (1)"]);
    expect(lines(some, { arrangement: "user", sorting }).lines.map(sketch)).toEqual(["+5 (2)", "+6 (1)"]);
  });

  it("open to their processes, in order", () => {
    const toggled = new Set(["program:bash"]);
    const sorting: Sorting = { column: "held", descending: true };
    expect(lines(some, { arrangement: "program", sorting, toggled }).lines.map(sketch)).toEqual(["-bash (2)", " 3", " 1", "+clang (1)"]);
  });

  it("stay whole when one of theirs is pinned, under a line of its own", () => {
    const { lines: found } = lines(some, { arrangement: "program", pins: ["1:1"], toggled: new Set(["program:bash"]) });
    expect(found.map(sketch)).toEqual(["*1", "-bash (2)", " 1", " 3", "+clang (1)"]);
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
  });
});

describe("a tree", () => {
  const some = [
    row(1, { name: "init", startNs: 1n, key: "1:1" }),
    row(5, { name: "sh", parentPid: 1, startNs: 5n, key: "5:5" }),
    row(7, { name: "make", parentPid: 5, startNs: 7n, key: "7:7" }),
    row(9, { name: "lone", startNs: 9n, key: "9:9" }),
  ];

  it("hangs children under their parents, open at first", () => {
    expect(lines(some, { arrangement: "tree" }).lines.map(sketch)).toEqual(["-1", " -5", "  7", "9"]);
  });

  it("closes a branch", () => {
    const { lines: found } = lines(some, { arrangement: "tree" });
    const toggled = new Set(found.filter((line) => line.type === "process" && line.key === "5:5").map(toggleId));
    expect(lines(some, { arrangement: "tree", toggled }).lines.map(sketch)).toEqual(["-1", " +5", "9"]);
  });

  it("keeps who is above one that was found", () => {
    expect(lines(some, { arrangement: "tree", search: "make" }).lines.map(sketch)).toEqual(["-1?", " -5?", "  7"]);
  });

  it("does not take a later process with the same id for the parent", () => {
    const young = row(1, { startNs: 6n, key: "1:6" });
    const { lines: found } = lines([...some.slice(1), young], { arrangement: "tree" });
    expect(found.map(sketch)).toEqual(["1", "-5", " 7", "9"]);
  });
});
