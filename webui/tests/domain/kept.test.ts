// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { KeptProcesses } from "@/domain/kept";
import type { ProcessRow } from "@/domain/process";
import { row } from "../builders";

const known = (...rows: ProcessRow[]) => (key: string) => rows.find((one) => one.key === key);

describe("a kept process", () => {
  it("is shown as ended once it is forgotten, with its last figures", () => {
    const kept = new KeptProcesses();
    kept.want("pins", ["1:1"]);
    expect(kept.missing(known(row(1, { held: 5n })), 0)).toEqual([]);
    expect(kept.missing(known(row(1, { held: 6n })), 1_000)).toEqual([]);
    expect(kept.missing(known(), 2_000)).toEqual([row(1, { held: 6n })]);
    expect(kept.missing(known(), 5_000)).toEqual([row(1, { held: 6n, ended: true })]);
  });

  it("is there also between the word that it is forgotten and the next look", () => {
    const kept = new KeptProcesses();
    kept.want("pins", ["1:1"]);
    expect(kept.get("1:1")).toBeUndefined();
    kept.missing(known(row(1, { held: 5n })), 0);
    expect(kept.get("1:1")).toEqual(row(1, { held: 5n }));
    kept.missing(known(), 1_000);
    kept.missing(known(), 4_000);
    expect(kept.get("1:1")).toEqual(row(1, { held: 5n, ended: true }));
    kept.want("pins", []);
    expect(kept.get("1:1")).toBeUndefined();
  });

  it("is itself again when it comes back", () => {
    const kept = new KeptProcesses();
    kept.want("pins", ["1:1"]);
    kept.missing(known(row(1)), 0);
    kept.missing(known(), 10_000);
    expect(kept.missing(known(row(1)), 20_000)).toEqual([]);
    expect(kept.missing(known(), 21_000)[0]?.ended).toBe(false);
  });

  it("is let go with the last who wanted it", () => {
    const kept = new KeptProcesses();
    kept.want("pins", ["1:1"]);
    kept.want("route", ["1:1"]);
    kept.missing(known(row(1)), 0);
    kept.want("pins", []);
    expect(kept.missing(known(), 9_000)).toHaveLength(1);
    kept.want("route", []);
    expect(kept.missing(known(), 9_000)).toEqual([]);
  });

  it("was never known: there is nothing to show", () => {
    const kept = new KeptProcesses();
    kept.want("route", ["7:7"]);
    expect(kept.missing(known(), 9_000)).toEqual([]);
  });
});
