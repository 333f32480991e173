// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { ProcessHistory, recentSeconds } from "@/domain/history";
import { knownWhile } from "@/domain/knownWhile";
import { Series } from "@/domain/series";
import { row } from "../builders";

const key = "1:1";

function watch(history: ProcessHistory, seconds: number, at: (second: number) => Parameters<typeof row>[1], from = 0): void {
  for (let second = from; second < from + seconds; second++) history.sample([row(1, at(second))], second * 1_000);
}

describe("the last minute", () => {
  it("costs nothing while nothing changes", () => {
    const history = new ProcessHistory();
    watch(history, 10, () => ({ held: 7n }));
    expect(history.recentHeld(key)).toEqual(Array(10).fill(7));
    expect(history.growth(key)).toBe(0);
  });

  it("tells what it held second by second, the oldest first", () => {
    const history = new ProcessHistory();
    watch(history, 5, (second) => ({ held: BigInt(second < 2 ? 1 : second) }));
    expect(history.recentHeld(key)).toEqual([1, 1, 2, 3, 4]);
    expect(history.growth(key)).toBe(3);
  });

  it("forgets what is older", () => {
    const history = new ProcessHistory();
    watch(history, recentSeconds + 15, (second) => ({ held: BigInt(second) }));
    const recent = history.recentHeld(key);
    expect(recent).toHaveLength(recentSeconds);
    expect(recent[0]).toBe(15);
    expect(recent.at(-1)).toBe(recentSeconds + 14);
    expect(history.growth(key)).toBe(recentSeconds);
  });

  it("gives the calls a second over the last three", () => {
    const history = new ProcessHistory();
    watch(history, 10, (second) => ({ mmapCount: BigInt(second * 4), munmapCount: BigInt(second), failedCount: BigInt(second) }));
    expect(history.rate(key)).toBe(6);
    watch(history, 5, () => ({ mmapCount: 36n, munmapCount: 9n, failedCount: 9n }), 10);
    expect(history.rate(key)).toBe(0);
  });
});

describe("looks that come late", () => {
  /** A process that makes 10 calls and grows by 100 a second, looked at at these times. */
  function at(...seconds: number[]): ProcessHistory {
    const history = new ProcessHistory();
    for (const second of seconds) history.sample([row(1, { mmapCount: BigInt(Math.round(10 * second)), held: BigInt(Math.round(100 * second)) })], second * 1_000);
    return history;
  }
  const each = (count: number, step: number) => Array.from({ length: count }, (_, i) => i * step);

  it("make no rate larger than it is", () => {
    expect(at(0, 1, 2, 5.5).rate(key)).toBe(10);
    expect(at(0, 1, 4, 5, 8.5).rate(key)).toBe(10);
    expect(at(...each(20, 0.5)).rate(key)).toBe(10);
  });

  it("make no more of a minute's growth than it is", () => {
    expect(at(...each(100, 2)).growth(key)).toBe(6_000);
    expect(at(...each(150, 0.5)).growth(key)).toBe(5_950);
    // Forty seconds, of which not every one was looked at.
    expect(at(...each(21, 2)).growth(key)).toBe(4_000);
  });

  it("that come so often that none of a minute ago is remembered say nothing of that minute", () => {
    expect(at(...each(1_000, 0.1)).growth(key)).toBeUndefined();
  });

  it("leave each value at its second", () => {
    expect(at(0, 1, 4, 5).recentHeld(key)).toEqual([0, 100, 100, 400, 400, 500]);
    expect(at(...each(200, 0.5)).recentHeld(key)).toEqual(at(...each(100, 1)).recentHeld(key).map((value) => value + 50));
  });

  it("are told by a clock that nobody sets, and times by the wall's", () => {
    const history = new ProcessHistory();
    const look = (second: number, wallMs: number) => history.sample([row(1, { mmapCount: BigInt(10 * second), ended: second === 4 })], wallMs, second * 1_000);
    look(0, 9_000_000);
    look(1, 9_001_000);
    // Put back by two hours.
    look(2, 1_802_000);
    look(3, 1_803_000);
    expect(history.rate(key)).toBe(10);
    expect(history.unwatched).toEqual([]);
    look(4, 1_804_000);
    expect(history.endedMs(key)).toBe(1_804_000);
    look(20, 1_820_000);
    expect(history.unwatched).toEqual([{ fromMs: 1_804_000, toMs: 1_820_000 }]);
  });

  it("that a process was missing in are those in which nothing changed", () => {
    const history = new ProcessHistory();
    const held = [1, 2, undefined, undefined, 5];
    for (const [second, value] of held.entries()) history.sample(value === undefined ? [row(2)] : [row(1, { held: BigInt(value), mmapCount: BigInt(value) }), row(2)], second * 1_000);
    expect(history.recentHeld(key)).toEqual([1, 2, 2, 2, 5]);
    expect(history.rate(key)).toBe(1);
  });
});

describe("another capture", () => {
  it("has calls of its own, and nothing that was counted before is compared with it", () => {
    const history = new ProcessHistory();
    watch(history, 3, (second) => ({ mmapCount: BigInt(10 * second), held: BigInt(second) }));
    expect([history.callsSeen, history.rate(key)]).toEqual([20n, 10]);
    history.beginAnew();
    watch(history, 1, () => ({ mmapCount: 500n, held: 900n }), 3);
    expect([history.callsSeen, history.rate(key), history.growth(key)]).toEqual([0n, undefined, undefined]);
    expect(history.unwatched).toEqual([]);
    watch(history, 1, () => ({ mmapCount: 507n, held: 901n }), 4);
    expect([history.callsSeen, history.rate(key), history.growth(key)]).toEqual([7n, 7, 1]);
  });
});

describe("what is not known", () => {
  it("is no rate of 0: of whom nobody has looked at twice, and of whom nobody has seen", () => {
    const history = new ProcessHistory();
    history.sample([row(1, { mmapCount: 9n, held: 7n })], 0);
    expect([history.rate(key), history.growth(key), history.recentHeld(key)]).toEqual([undefined, undefined, [7]]);
    expect([history.rate("2:1"), history.growth("2:1"), history.recentHeld("2:1")]).toEqual([undefined, undefined, []]);
    history.sample([row(1, { mmapCount: 9n, held: 7n })], 1_000);
    expect([history.rate(key), history.growth(key)]).toEqual([0, 0]);
  });

  it("is no figure of the last seconds while nobody tells them; what was is still known", () => {
    const history = new ProcessHistory();
    watch(history, 3, (second) => ({ mmapCount: BigInt(second), held: BigInt(second), ended: second === 2 }));
    let known = true;
    const told = knownWhile(history, () => known);
    expect([told.rate(key), told.growth(key)]).toEqual([1, 2]);
    known = false;
    expect([told.rate(key), told.growth(key)]).toEqual([undefined, undefined]);
    expect([told.recentHeld(key), told.endedMs(key), told.unwatched]).toEqual([[0, 1, 2], 2_000, []]);
    expect(told.series(key)).toBe(history.series(key));
  });

  it("is what was called since its counts began anew", () => {
    const history = new ProcessHistory();
    watch(history, 5, (second) => ({ mmapCount: BigInt(100 + second) }));
    history.sample([row(1, { mmapCount: 3n })], 5_000);
    expect(history.rate(key)).toBeUndefined();
    history.sample([row(1, { mmapCount: 7n })], 6_000);
    expect(history.rate(key)).toBe(4);
  });
});

describe("a look at very many processes", () => {
  it("comes in parts, and tells the same as one at once", () => {
    const rows = Array.from({ length: 5_000 }, (_, pid) => row(pid, { mmapCount: BigInt(pid) }));
    const later = rows.map((one) => ({ ...one, mmapCount: one.mmapCount + 3n }));
    const [parts, whole] = [new ProcessHistory(), new ProcessHistory()];
    let turns = 0;
    for (const [second, all] of [rows, later].entries()) {
      turns += [...parts.looking(all, second * 1_000)].length;
      whole.sample(all, second * 1_000);
    }
    expect(turns).toBe(2 * 2);
    expect(parts.callsSeen).toBe(3n * 5_000n);
    expect(whole.callsSeen).toBe(parts.callsSeen);
    expect(parts.rate("4999:1")).toBe(whole.rate("4999:1"));
  });
});

describe("calls of all processes", () => {
  it("are those made while the page looked", () => {
    const history = new ProcessHistory();
    history.sample([row(1, { mmapCount: 1_000n, startNs: 50n })], 0);
    // One is new, of one the snapshot's first piece said nothing.
    const late = row(3, { mmapCount: 700n, startNs: 40n });
    history.sample([row(1, { mmapCount: 1_010n, startNs: 50n }), row(2, { mmapCount: 3n, startNs: 60n }), late], 1_000);
    expect(history.callsSeen).toBe(13n);
  });

  it("do not hold what happened while nobody looked", () => {
    const history = new ProcessHistory();
    history.sample([row(1)], 0);
    history.sample([row(1, { held: 1n })], 1_000);
    history.sample([row(1, { mmapCount: 5_000n, held: 900n })], 60_000);
    expect(history.growth(key)).toBeUndefined();
    expect(history.recentHeld(key)).toEqual([900]);
    expect(history.callsSeen).toBe(0n);
    expect(history.rate(key)).toBeUndefined();
    // The next look can be compared with that one, and with none before it.
    history.sample([row(1, { mmapCount: 5_002n, held: 905n })], 61_000);
    expect([history.rate(key), history.growth(key)]).toEqual([2, 5]);
    expect(history.recentHeld(key)).toEqual([900, 905]);
    expect(history.unwatched).toEqual([{ fromMs: 1_000, toMs: 60_000 }]);
  });
});

describe("a process", () => {
  it("is just met where it had been there before, and not where it began under the page's eyes", () => {
    const history = new ProcessHistory();
    history.sample([row(1, { startNs: 50n })], 0);
    expect(history.isJustMet("1:1")).toBe(true);
    history.sample([row(1, { startNs: 50n }), row(2, { startNs: 60n }), row(3, { startNs: 40n })], 1_000);
    expect(["1:1", "2:1", "3:1", "4:1"].map((other) => history.isJustMet(other))).toEqual([false, false, true, true]);
    // Nor where it began while the page did not look: all that it did it did since.
    history.sample([row(5, { startNs: 70n, mmapCount: 9n })], 60_000);
    expect(history.isJustMet("5:1")).toBe(false);
    expect(history.callsSeen).toBe(0n);
  });
});

describe("an end", () => {
  it("is when it was seen first", () => {
    const history = new ProcessHistory();
    watch(history, 3, () => ({}));
    expect(history.endedMs(key)).toBeUndefined();
    watch(history, 3, () => ({ ended: true }), 3);
    expect(history.endedMs(key)).toBe(3_000);
  });
});

describe("a course", () => {
  it("has held, virtual size and resident", () => {
    const history = new ProcessHistory();
    history.sample([row(1, { held: 1n, virtualSize: 9n, resident: 5n })], 0);
    history.sample([row(1, { held: 1n, virtualSize: 9n, resident: 6n })], 1_000);
    expect(history.series(key)?.list().map(({ values }) => values)).toEqual([[1, 9, 5], [1, 9, 6]]);
  });
});

describe("forgetting", () => {
  it("drops a process that is gone, but not one that a snapshot in pieces leaves out for a moment", () => {
    const history = new ProcessHistory();
    history.sample([row(1), row(2)], 0);
    history.sample([row(2)], 1_000);
    expect(history.series(key)).toBeDefined();
    for (let second = 2; second < 9; second++) history.sample([row(2)], second * 1_000);
    expect(history.series(key)).toBeUndefined();
    expect(history.size).toBe(1);
  });
});

describe("a series", () => {
  it("needs no point where nothing changes", () => {
    const series = new Series(8);
    for (let second = 0; second < 100; second++) series.add(second * 1_000, [5]);
    expect(series.list()).toHaveLength(1);
  });

  it("stays within its points for as long as it lasts, from the first moment on", () => {
    const series = new Series(16);
    for (let second = 0; second < 86_400; second++) series.add(second * 1_000, [second, 1]);
    expect(series.size).toBeLessThanOrEqual(16);
    expect(series.list()[0]?.atMs).toBe(0);
    expect(series.list().at(-1)?.values[0]).toBe(86_399);
  });

  it("keeps a peak wherever it is, and what came after it", () => {
    for (let at = 100; at < 140; at++) {
      const series = new Series(4);
      for (let second = 0; second < 500; second++) series.add(second * 1_000, [second === at ? 9_999 : second % 7]);
      const points = series.list();
      expect(Math.max(...points.map(({ peaks }) => peaks[0] ?? 0)), `peak at ${at}`).toBe(9_999);
      expect(points.at(-1)?.values).toEqual([499 % 7]);
    }
  });

  it("takes points together although they are far from each other", () => {
    const series = new Series(4);
    for (let hour = 0; hour < 50; hour++) {
      series.add(hour * 3_600_000, [hour]);
      expect(series.size).toBeLessThanOrEqual(4);
    }
  });
});
