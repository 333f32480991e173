// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { EventKind } from "@/gen/memmon/v1/event_pb";
import { lifeMarks, thinMarks } from "@/domain/lifeMarks";
import { event, row } from "../builders";

const bounds = { fromMs: 0, toMs: 60_000 };
const at = (kind: EventKind, pid: number, seconds: number, processName = `p${pid}`) =>
  event({ kind, pid, startNs: 1n, processName, eventTime: { seconds: BigInt(seconds) } });

describe("marks of life", () => {
  it("are beginnings, execs and ends within the band, each once", () => {
    const rows = [row(1, { startMs: 5_000, endMs: 40_001 }), row(2, { startMs: 10_000 }), row(3, { startMs: -1 }), row(4, { endMs: 60_000 })];
    const events = [at(EventKind.FORK, 2, 10), at(EventKind.EXEC, 2, 11, "ls"), at(EventKind.EXIT, 1, 40), at(EventKind.MM_EXIT, 1, 40), at(EventKind.EXEC, 2, 70)];
    expect(lifeMarks(rows, events, bounds)).toEqual([
      { kind: "began", atMs: 5_000, name: "p1" },
      { kind: "began", atMs: 10_000, name: "p2" },
      { kind: "exec", atMs: 11_000, name: "ls" },
      { kind: "ended", atMs: 40_000, name: "p1" },
    ]);
  });

  it("that are near to each other are one, which counts them all", () => {
    const marks = lifeMarks([], [at(EventKind.FORK, 1, 10), at(EventKind.EXEC, 1, 10), at(EventKind.FORK, 2, 11), at(EventKind.EXIT, 2, 50)], bounds);
    const thin = thinMarks(marks, bounds, 60);
    expect(thin).toEqual([
      { x: 9, fromMs: 10_000, toMs: 11_000, began: 2, execs: 1, ended: 0, only: undefined },
      { x: 51, fromMs: 50_000, toMs: 50_000, began: 0, execs: 0, ended: 1, only: { kind: "ended", atMs: 50_000, name: "p2" } },
    ]);
  });

  it("are no more than there is room for, however many there were", () => {
    const many = Array.from({ length: 5_000 }, (_, i) => ({ kind: "began" as const, atMs: i * 12, name: "p" }));
    const thin = thinMarks(many, bounds, 300);
    expect(thin.length).toBeLessThanOrEqual(51);
    expect(thin.reduce((sum, { began }) => sum + began, 0)).toBe(5_000);
  });

  it("stay together while the band moves on", () => {
    const marks = lifeMarks([], [at(EventKind.FORK, 1, 30), at(EventKind.FORK, 2, 31), at(EventKind.FORK, 3, 40)], bounds);
    const groups = [0, 1_000, 2_000, 3_000].map((by) => thinMarks(marks, { fromMs: by, toMs: 60_000 + by }, 60).map(({ began }) => began));
    expect(groups).toEqual([[2, 1], [2, 1], [2, 1], [2, 1]]);
  });
});
