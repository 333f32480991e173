// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { Sight, lossesOf, unseenSince } from "@/domain/sight";

describe("what a page was not told", () => {
  it("is nothing while all is told, and nothing of before the page", () => {
    const sight = new Sight();
    sight.look(5n, 1_000);
    sight.look(5n, 2_000);
    expect(sight.unseen).toBeUndefined();
  });

  it("is what is lost between two looks, those that follow at once as one", () => {
    const sight = new Sight();
    sight.look(5n, 1_000);
    sight.look(7n, 1_200);
    sight.look(8n, 1_400);
    sight.look(8n, 9_000);
    sight.look(18n, 9_200);
    expect(sight.unseen).toEqual({
      sinceMs: 1_000,
      lostSinceMs: 1_000,
      spans: [
        { cause: "lost", count: 3n, fromMs: 1_000, toMs: 1_400 },
        { cause: "lost", count: 10n, fromMs: 9_000, toMs: 9_200 },
      ],
    });
    expect(lossesOf(sight.unseen)).toEqual([
      { fromMs: 1_000, toMs: 1_400, lostCount: 3n },
      { fromMs: 9_000, toMs: 9_200, lostCount: 10n },
    ]);
    // Fewer than before are those of another capture.
    sight.look(2n, 9_400);
    expect(sight.unseen?.spans).toHaveLength(2);
  });

  it("is the time without a stream, in which nobody knows when anything was lost", () => {
    const sight = new Sight();
    sight.look(0n, 1_000);
    sight.leave(1_500);
    sight.leave(1_700);
    expect(sight.unseen?.spans).toEqual([{ cause: "away", count: 0n, fromMs: 1_500, toMs: Number.POSITIVE_INFINITY }]);
    sight.comeBack(60_000);
    sight.look(9n, 60_100);
    expect(sight.unseen).toEqual({ sinceMs: 1_500, lostSinceMs: 1_500, spans: [{ cause: "away", count: 9n, fromMs: 1_500, toMs: 60_000 }] });
    expect(lossesOf(sight.unseen)).toEqual([]);
    sight.look(10n, 60_300);
    expect(lossesOf(sight.unseen)).toEqual([{ fromMs: 60_100, toMs: 60_300, lostCount: 1n }]);
  });

  it("is what was not sent to it, which nobody lost", () => {
    const sight = new Sight();
    sight.skip(4n, 3_000);
    expect(sight.unseen).toEqual({ sinceMs: 3_000, spans: [{ cause: "slow", count: 4n, fromMs: 3_000, toMs: 3_000 }] });
    expect(lossesOf(sight.unseen)).toEqual([]);
  });

  it("is no matter to what was watched later", () => {
    const sight = new Sight();
    expect(unseenSince(sight.unseen, 0)).toBeUndefined();
    sight.skip(1n, 3_000);
    sight.leave(5_000);
    sight.comeBack(9_000);
    expect([0, 4_000, 9_000, 9_001].map((fromMs) => unseenSince(sight.unseen, fromMs))).toEqual([3_000, 5_000, 5_000, undefined]);
    expect(sight.unseen?.lostSinceMs).toBeUndefined();
  });

  it("does not grow without a bound, and keeps when it began", () => {
    const sight = new Sight();
    for (let i = 1; i <= 1_000; i++) sight.skip(1n, i * 10_000);
    expect(sight.unseen?.spans.length).toBe(200);
    expect(sight.unseen?.sinceMs).toBe(10_000);
  });
});
