// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { RowPool } from "@/domain/rowPool";

describe("RowPool", () => {
  it("gives who comes the place of who went", () => {
    const pool = new RowPool();
    expect(pool.place(["a", "b", "c"])).toEqual([0, 1, 2]);
    expect(pool.place(["b", "c", "d"])).toEqual([1, 2, 0]);
    expect(pool.place(["c", "d", "e"])).toEqual([2, 0, 1]);
  });

  it("leaves a line where it is when the order changes", () => {
    const pool = new RowPool();
    pool.place(["a", "b", "c"]);
    expect(pool.place(["c", "a", "b"])).toEqual([2, 0, 1]);
  });

  it("makes no more places than are needed at once, and none twice", () => {
    const pool = new RowPool();
    const window = (first: number) => Array.from({ length: 5 }, (_, i) => `line ${first + i}`);
    for (let first = 0; first < 1_000; first += 3) {
      const slots = pool.place(window(first));
      expect([...slots].sort()).toEqual([0, 1, 2, 3, 4]);
    }
  });
});
