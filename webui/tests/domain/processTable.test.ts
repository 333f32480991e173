// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { filterRows, sortRows } from "@/domain/processTable";
import { row } from "../builders";

const rows = [
  row(30, { name: "beta", held: 5n, virtualSize: 2n ** 60n, commandLine: "/usr/bin/beta --big" }),
  row(10, { name: "Alpha", held: 5n, virtualSize: 2n ** 60n + 1n }),
  row(200, { name: "ärger", held: 7n, virtualSize: 1n, ended: true }),
];
const pids = (list: readonly { pid: number }[]) => list.map(({ pid }) => pid);

describe("sortRows", () => {
  it("sorts by each column, both ways", () => {
    expect(pids(sortRows(rows, { column: "pid", descending: false }))).toEqual([10, 30, 200]);
    expect(pids(sortRows(rows, { column: "pid", descending: true }))).toEqual([200, 30, 10]);
    expect(pids(sortRows(rows, { column: "name", descending: false }))).toEqual([10, 200, 30]);
    expect(pids(sortRows(rows, { column: "name", descending: true }))).toEqual([30, 200, 10]);
    expect(pids(sortRows(rows, { column: "held", descending: false }))).toEqual([10, 30, 200]);
    expect(pids(sortRows(rows, { column: "held", descending: true }))).toEqual([200, 10, 30]);
    expect(pids(sortRows(rows, { column: "share", descending: false }))).toEqual([200, 30, 10]);
  });

  it("tells sizes apart that are one and the same as doubles", () => {
    expect(pids(sortRows(rows, { column: "virtualSize", descending: true }))).toEqual([10, 30, 200]);
  });

  it("sorts a copy", () => {
    sortRows(rows, { column: "pid", descending: false });
    expect(pids(rows)).toEqual([30, 10, 200]);
  });
});

describe("filterRows", () => {
  it("finds names whatever their case, command lines, and the beginning of a process id", () => {
    expect(pids(filterRows(rows, "ALPH"))).toEqual([10]);
    expect(pids(filterRows(rows, "--big"))).toEqual([30]);
    expect(pids(filterRows(rows, "20"))).toEqual([200]);
    expect(pids(filterRows(rows, "00"))).toEqual([]);
  });

  it("needs every word", () => {
    expect(pids(filterRows(rows, "beta big"))).toEqual([30]);
    expect(pids(filterRows(rows, "beta alpha"))).toEqual([]);
  });

  it("takes a search as text, not as a pattern", () => {
    expect(pids(filterRows(rows, ".*"))).toEqual([]);
  });

  it("leaves ended ones out on request", () => {
    expect(pids(filterRows(rows, "", false))).toEqual([30, 10]);
    expect(filterRows(rows, "  ")).toBe(rows);
  });
});
