// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { assignColours, barLengths, computePie, inPlaces } from "@/domain/pie";
import { row } from "../builders";

const many = Array.from({ length: 14 }, (_, i) => row(i + 1, { requested: BigInt(i + 1) * 4096n }));

describe("computePie", () => {
  it("gives ten slices and others for more than ten processes", () => {
    const pie = computePie(many, "requested");
    expect(pie.slices.map(({ pid }) => pid)).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6, 5]);
    expect(pie.others).toEqual({ bytes: 10n * 4096n, share: 10 / 105, processCount: 4, uncertain: false });
  });

  it("gives no others for exactly ten", () => {
    const pie = computePie(many.slice(0, 10), "requested");
    expect(pie.slices).toHaveLength(10);
    expect(pie.others).toBeUndefined();
  });

  it("adds up exactly where doubles would not", () => {
    const huge = many.map((r, i) => ({ ...r, requested: 2n ** 60n + BigInt(i) }));
    const pie = computePie(huge, "requested");
    const sum = pie.slices.reduce((bytes, slice) => bytes + slice.bytes, pie.others?.bytes ?? 0n);
    expect(pie.total).toBe(14n * 2n ** 60n + 91n);
    expect(sum).toBe(pie.total);
  });

  it("gives what forgotten processes asked for to the others", () => {
    const pie = computePie(many.slice(0, 2), "requested", 100_000n);
    expect(pie.total).toBe(100_000n);
    expect(pie.others).toEqual({ bytes: 100_000n - 3n * 4096n, share: expect.closeTo(0.87712, 5), processCount: 0, uncertain: false });
  });

  it("does not believe a grand total below the sum", () => {
    expect(computePie(many.slice(0, 2), "requested", 1n).total).toBe(3n * 4096n);
  });

  it("counts what an ended process asked for, but not what it no longer has", () => {
    const rows = [row(1, { ended: true, requested: 8n, held: 8n, virtualSize: 8n }), row(2, { requested: 8n, held: 8n })];
    expect(computePie(rows, "requested").slices).toHaveLength(2);
    expect(computePie(rows, "held").slices.map(({ pid }) => pid)).toEqual([2]);
    expect(computePie(rows, "virtualSize").slices).toEqual([]);
  });

  it("is empty without processes, and shares are 0 rather than nonsense", () => {
    expect(computePie([], "held")).toEqual({ slices: [], others: undefined, total: 0n, uncertain: false });
  });

  it("says of each share, of the others and of the whole whether records about it were lost", () => {
    const marks = (uncertain: readonly number[]) => {
      const pie = computePie(many.map((one) => ({ ...one, uncertain: uncertain.includes(one.pid) })), "requested");
      return [pie.slices.filter((slice) => slice.uncertain).map(({ pid }) => pid), pie.others?.uncertain, pie.uncertain];
    };
    expect(marks([])).toEqual([[], false, false]);
    expect(marks([14])).toEqual([[14], false, true]);
    expect(marks([2])).toEqual([[], true, true]);
    expect(marks([2, 14])).toEqual([[14], true, true]);
  });

  it("leaves its input as it was", () => {
    const before = many.map(({ pid }) => pid);
    computePie(many, "requested");
    expect(many.map(({ pid }) => pid)).toEqual(before);
  });
});

describe("assignColours", () => {
  it("keeps a process's colour when it changes place, and hands on those set free", () => {
    const first = assignColours(new Map(), ["a", "b", "c"], 3);
    expect([...first]).toEqual([["a", 0], ["b", 1], ["c", 2]]);
    const second = assignColours(first, ["c", "d", "a"], 3);
    expect(second.get("c")).toBe(2);
    expect(second.get("a")).toBe(0);
    expect(second.get("d")).toBe(1);
  });
});

describe("places", () => {
  it("are kept by those that had one; who comes takes that of one who went, or is behind them", () => {
    const { slices } = computePie(many.slice(0, 4), "requested");
    const pids = (keys: readonly string[]) => inPlaces(slices, keys).map(({ pid }) => pid);
    const keys = slices.map(({ key }) => key);
    expect(pids(keys)).toEqual([4, 3, 2, 1]);
    const [four = "", three = "", two = "", one = ""] = keys;
    expect(pids([one, "gone", four])).toEqual([1, 3, 4, 2]);
    expect(pids([])).toEqual([4, 3, 2, 1]);
    // Fewer than there were.
    expect(pids(["gone", three, two, one, "gone, too", four])).toEqual([4, 3, 2, 1]);
    expect(pids([two, three, four, one, "gone", "gone, too"])).toEqual([2, 3, 4, 1]);
  });
});

describe("bars", () => {
  it("are parts of the largest process's, others cut where they are more", () => {
    const pie = computePie([row(1, { held: 40n }), row(2, { held: 10n }), row(3, { held: 9n })], "held", 0n, 2);
    expect(barLengths(pie)).toEqual({ slices: [1, 0.25], others: 0.225, cut: false });
    expect(barLengths(computePie(many, "requested", 10_000_000n))).toMatchObject({ others: 1, cut: true });
    expect(barLengths(computePie([], "held"))).toEqual({ slices: [], others: 0, cut: false });
  });
});
