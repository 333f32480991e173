// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { RecentRequests } from "@/domain/recentRequests";
import { row } from "../builders";

const minute = 60_000;
const asked = (pid: number, requested: number, startNs = 1) => row(pid, { requested: BigInt(requested), startNs: BigInt(startNs) });

/** Looks once a second up to and with `toS`, at what `at` says of that second. */
function watch(recent: RecentRequests, fromS: number, toS: number, at: (second: number) => ReturnType<typeof asked>[], forgotten = 0): void {
  for (let s = fromS; s <= toS; s++) {
    const rows = at(s);
    recent.look(rows, rows.reduce((sum, { requested }) => sum + (requested ?? 0n), BigInt(forgotten)), s * 1_000);
  }
}

function shares(recent: RecentRequests, rows: ReturnType<typeof asked>[], spanMs: number, nowS: number, forgotten = 0) {
  const total = rows.reduce((sum, { requested }) => sum + (requested ?? 0n), BigInt(forgotten));
  return recent.shares(rows, total, spanMs, nowS * 1_000);
}

const parts = (found: ReturnType<typeof shares>) => found?.pie.slices.map(({ pid, bytes }) => [pid, Number(bytes)]);

describe("what was asked for lately", () => {
  it("is what was asked for within the span, and rolls on", () => {
    const recent = new RecentRequests();
    // 1 asks for 10 a second, 2 for 1000 a second in the first minute alone.
    const at = (s: number) => [asked(1, 5_000 + 10 * s), asked(2, 7_000 + 1_000 * Math.min(s, 60))];
    watch(recent, 0, 300, at);
    const last = shares(recent, at(300), minute, 300);
    expect(parts(last)).toEqual([[1, 600]]);
    expect(last).toMatchObject({ fromMs: 240_000, whole: true });
    expect(parts(shares(recent, at(300), 5 * minute, 300))).toEqual([[2, 60_000], [1, 3_000]]);
  });

  it("says since when, where the page has not looked for so long", () => {
    const recent = new RecentRequests();
    expect(shares(recent, [], minute, 0)).toBeUndefined();
    const at = (s: number) => [asked(1, 5_000 + 10 * s)];
    watch(recent, 100, 120, at);
    const found = shares(recent, at(120), 15 * minute, 120);
    expect(parts(found)).toEqual([[1, 200]]);
    expect(found).toMatchObject({ fromMs: 100_000, whole: false });
  });

  it("takes all of a process that began in it, and nothing of what another asked for before it was seen", () => {
    const recent = new RecentRequests();
    const at = (s: number) => [asked(1, 0, 5), ...(s >= 31 ? [asked(2, 900, 7)] : []), ...(s >= 40 ? [asked(3, 800, 4)] : [])];
    watch(recent, 0, 60, at);
    expect(parts(shares(recent, at(60), minute, 60))).toEqual([[2, 900]]);
    // Born after the last look.
    expect(parts(shares(recent, [...at(60), asked(4, 50, 9)], minute, 60))).toEqual([[2, 900], [4, 50]]);
  });

  it("gives what forgotten processes asked for to the others", () => {
    const recent = new RecentRequests();
    const before = (s: number) => [asked(1, 10 * s), asked(2, 100 * s)];
    watch(recent, 0, 30, before);
    const after = (s: number) => [asked(1, 10 * s)];
    watch(recent, 31, 60, after, 3_000);
    const found = shares(recent, after(60), 5 * minute, 60, 3_000);
    expect(parts(found)).toEqual([[1, 600]]);
    expect(found?.pie.others).toMatchObject({ bytes: 3_000n, processCount: 0 });
  });

  it("begins after a time in which nobody looked, rather than to count what it was not there for", () => {
    const recent = new RecentRequests();
    const at = (s: number) => [asked(1, 10 * s)];
    watch(recent, 0, 60, at);
    watch(recent, 400, 430, at);
    const found = shares(recent, at(430), 5 * minute, 430);
    expect(found).toMatchObject({ fromMs: 400_000, whole: false });
    expect(parts(found)).toEqual([[1, 300]]);
  });

  it("reaches back a quarter of an hour, however long it looks", () => {
    const recent = new RecentRequests();
    const at = (s: number) => [asked(1, 10 * s)];
    watch(recent, 0, 4_000, at);
    const found = shares(recent, at(4_000), 15 * minute, 4_000);
    expect(found?.whole).toBe(true);
    expect(Number(found?.pie.total)).toBeGreaterThanOrEqual(9_000 - 60);
    expect(Number(found?.pie.total)).toBeLessThanOrEqual(9_000);
  });

  it("goes on where the wall's clock is put back", () => {
    const recent = new RecentRequests();
    const at = (s: number) => [asked(1, 10 * s)];
    const hourMs = 3_600_000;
    for (let s = 0; s <= 120; s++) recent.look(at(s), BigInt(10 * s), (s < 60 ? 2 * hourMs : hourMs) + s * 1_000, s * 1_000);
    const found = recent.shares(at(120), 1_200n, minute, 120_000);
    expect(parts(found)).toEqual([[1, 600]]);
    expect(found).toMatchObject({ fromMs: hourMs + minute, whole: true });
  });

  it("begins anew with the capture", () => {
    const recent = new RecentRequests();
    watch(recent, 0, 60, (s) => [asked(1, 100_000 + 10 * s)]);
    watch(recent, 61, 90, (s) => [asked(1, 10 * (s - 61))]);
    const found = shares(recent, [asked(1, 290)], 5 * minute, 90);
    expect(found).toMatchObject({ fromMs: 63_000, whole: false });
    expect(parts(found)).toEqual([[1, 270]]);
  });
});
