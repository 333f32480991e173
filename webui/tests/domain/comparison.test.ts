// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { type ComparedRange, compareRanges, sortLines } from "@/domain/comparison";
import type { ProcessRow } from "@/domain/process";
import { row } from "../builders";

function range(rows: readonly ProcessRow[], totalBytes = rows.reduce((sum, { requested }) => sum + (requested ?? 0n), 0n)): ComparedRange {
  return { processes: { rows }, summary: { totalBytes } };
}

const postgres = (more: Partial<ProcessRow>) => row(1, { name: "postgres", ...more });
const make = (pid: number, more: Partial<ProcessRow>) => row(pid, { name: "make", ...more });

describe("two ranges", () => {
  it("have no difference of what is not known of one of them, and it comes last", () => {
    const anew = make(2, { requested: undefined, anew: true, held: 5n, mmapCount: 9n });
    const { lines, others } = compareRanges(range([postgres({ requested: 7n }), anew], 20n), range([make(2, { requested: 3n })]), "process");
    const unknown = lines.find(({ pid }) => pid === 2);
    expect([unknown?.requested, unknown?.calls, unknown?.held]).toEqual([undefined, undefined, 5n]);
    expect([unknown?.a?.anew, unknown?.b?.anew]).toEqual([true, false]);
    expect(others.a).toBe(13n);
    for (const descending of [true, false]) expect(sortLines(lines, { column: "requested", descending }).at(-1)?.pid).toBe(2);
    expect(compareRanges(range([postgres({ name: "make" }), anew]), range([]), "program").lines[0]).toMatchObject({ requested: undefined, a: { anew: true } });
  });

  it("differ process by process: asked for, held and calls, A less B", () => {
    const a = range([postgres({ requested: 700n, held: 300n, mmapCount: 7n, munmapCount: 1n, failedCount: 1n })]);
    const b = range([postgres({ requested: 900n, held: 100n, mmapCount: 4n, munmapCount: 0n, failedCount: 0n })]);
    const { lines } = compareRanges(a, b, "process");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ name: "postgres", pid: 1, key: "1:1", requested: -200n, held: 200n, calls: 5 });
    expect(lines[0]?.a).toEqual({ requested: 700n, held: 300n, calls: 9, anew: false });
  });

  it("know who was in one of them alone, and leave out who is the same in both", () => {
    const same = postgres({ requested: 5n, held: 5n, mmapCount: 1n });
    const { lines, sameCount } = compareRanges(range([same, make(2, { requested: 8n })]), range([same]), "process");
    expect(sameCount).toBe(1);
    expect(lines.map(({ pid, b }) => [pid, b])).toEqual([[2, undefined]]);
  });

  it("do not take unknown calls of ended processes for none", () => {
    const ended = make(2, { requested: 8n, ended: true });
    expect(compareRanges(range([ended]), range([]), "process").lines[0]?.calls).toBeUndefined();
    const { lines } = compareRanges(range([ended, make(3, { requested: 1n, mmapCount: 1n })]), range([]), "program");
    expect(lines[0]).toMatchObject({ requested: 9n, calls: undefined });
  });

  it("add up the processes of a program, which come and go", () => {
    const a = range([make(2, { requested: 8n }), make(3, { requested: 4n })]);
    const b = range([make(7, { requested: 5n })]);
    expect(compareRanges(a, b, "program").lines).toMatchObject([{ name: "make", key: undefined, pid: undefined, requested: 7n }]);
  });

  it("say what nobody in the list asked for, and never less than nothing", () => {
    const a = range([make(2, { requested: 8n })], 10n);
    const b = range([make(2, { requested: 8n })], 7n);
    expect(compareRanges(a, b, "process")).toMatchObject({ total: { a: 10n, b: 7n }, others: { a: 2n, b: 0n } });
  });
});

describe("the lines' order", () => {
  const { lines } = compareRanges(
    range([make(2, { requested: 8n }), make(3, { requested: 1n, held: 9n }), make(4, { requested: 1n, ended: true })]),
    range([make(3, { requested: 5n })]),
    "process",
  );
  const order = (...by: Parameters<typeof sortLines>) => sortLines(...by).map(({ pid }) => pid);

  it("is by the difference, either way", () => {
    expect(order(lines, { column: "requested", descending: true })).toEqual([2, 4, 3]);
    expect(order(lines, { column: "requested", descending: false })).toEqual([3, 4, 2]);
    expect(order(lines, { column: "held", descending: true })[0]).toBe(3);
    expect(order(lines, { column: "name", descending: false })).toEqual([2, 3, 4]);
  });

  it("has what is not known at the end, whichever way", () => {
    for (const descending of [true, false]) expect(order(lines, { column: "calls", descending }).at(-1)).toBe(4);
  });
});
