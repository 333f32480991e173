// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { groupRows, sumUp, unknownGroup } from "@/domain/group";
import { row } from "../builders";

const measures = { rate: () => 1.5, growth: () => 10 };

describe("a group", () => {
  it("sums exactly", () => {
    const sums = sumUp([row(1, { held: 2n ** 60n }), row(2, { held: 1n, requested: 4n })], measures);
    expect(sums).toMatchObject({ count: 2, endedCount: 0, held: 2n ** 60n + 1n, requested: 4n, rate: 3, growth: 20 });
  });

  it("counts of ended ones only what they requested", () => {
    const sums = sumUp([row(1, { held: 5n, virtualSize: 6n, requested: 7n, ended: true }), row(2)], measures);
    expect(sums).toMatchObject({ count: 2, endedCount: 1, ended: false, held: 0n, virtualSize: 0n, requested: 7n, rate: 1.5 });
  });

  it("has ended when the last of it has", () => {
    expect(sumUp([row(1, { ended: true }), row(2, { ended: true })], measures)).toMatchObject({ ended: true, rate: undefined, growth: undefined });
  });

  it("sums what is known, and knows nothing where nobody's is", () => {
    const one = { rate: (key: string) => (key === "1:1" ? 2 : undefined), growth: () => undefined };
    expect(sumUp([row(1), row(2)], one)).toMatchObject({ rate: 2, growth: undefined });
    expect(sumUp([row(2)], one).rate).toBeUndefined();
  });

  it("has no figure of a time in which the capture began anew under one of them, nor a sum that lacks one", () => {
    const before = row(2, { anew: true, requested: undefined, held: 3n });
    expect(sumUp([row(1, { requested: 4n }), before], measures)).toMatchObject({ anew: true, rate: undefined, growth: undefined, requested: undefined, held: 3n });
    expect(sumUp([row(1, { requested: 4n }), { ...before, requested: 1n, ended: true }], measures)).toMatchObject({ anew: false, rate: 1.5, requested: 5n });
  });

  it("counts an address space once, however many share it", () => {
    const shared = { mmId: 9n, virtualSize: 100n };
    expect(sumUp([row(1, shared), row(2, shared), row(3, { mmId: 8n, virtualSize: 1n })], measures).virtualSize).toBe(101n);
    // Where the service does not name it, each is its own.
    expect(sumUp([row(1, { virtualSize: 100n }), row(2, { virtualSize: 100n })], measures).virtualSize).toBe(200n);
  });

  it("may lack something where one of them may, also of what has ended", () => {
    expect(sumUp([row(1), row(2)], measures).uncertain).toBe(false);
    expect(sumUp([row(1), row(2, { uncertain: true })], measures).uncertain).toBe(true);
    expect(sumUp([row(1, { uncertain: true, ended: true }), row(2)], measures).uncertain).toBe(true);
  });

  it("is of one program, user or container", () => {
    const rows = [row(1, { name: "a", uid: 1 }), row(2, { name: "b", uid: 1 }), row(3, { name: "a", uid: 2 })];
    const keys = (by: "program" | "user" | "container") => [...groupRows(rows, by)].map(([name, members]) => [name, members.map(({ pid }) => pid)]);
    expect(keys("program")).toEqual([["a", [1, 3]], ["b", [2]]]);
    expect([...groupRows([row(1, { container: "a.scope" }), row(2)], "container").keys()]).toEqual(["a.scope", ""]);
    expect(keys("user")).toEqual([["1", [1, 2]], ["2", [3]]]);
    // Who is of nobody that is known is not root's, nor in no container.
    const unknown = row(9, { uid: undefined, container: undefined });
    expect([...groupRows([row(1, { uid: 0 }), unknown], "user").keys()]).toEqual(["0", unknownGroup]);
    expect([...groupRows([row(1), unknown], "container").keys()]).toEqual(["", unknownGroup]);
  });
});
