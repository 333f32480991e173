// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { EventKind } from "@/gen/memmon/v1/event_pb";
import { CallBook } from "@/domain/callBook";
import { event } from "../builders";

const count = (book: CallBook, key: string) => book.of(key)?.byKind()[0]?.[1];

describe("what processes call", () => {
  it("is counted for each, also where an id comes round again and an event comes late", () => {
    const book = new CallBook();
    for (const startNs of [1n, 1n, 2n, 1n]) book.add(event({ pid: 7, startNs }), 0);
    book.add(event({ pid: 8, startNs: 1n }), 0);
    expect(["7:1", "7:2", "8:1"].map((key) => count(book, key))).toEqual([3, 1, 1]);
  });

  it("is nobody's where it is a loss, which puts every size in doubt", () => {
    const book = new CallBook();
    book.add(event({ kind: EventKind.EXEC, pid: 7, startNs: 1n, virtualSizeBytes: 9n }), 0);
    expect(book.of("7:1")?.sizeTally.beginning).toEqual({ name: "exec", bytes: 9n });
    book.add(event({ kind: EventKind.LOST, pid: 7, startNs: 1n }), 0);
    expect(book.of("7:1")?.sizeTally.beginning).toBeUndefined();
    expect(count(book, "7:1")).toBe(1);
  });

  it("is said to lack some from when events were missed on", () => {
    const book = new CallBook();
    book.add(event({ pid: 7, startNs: 1n }), 1_000);
    expect([book.missedSince("7:1"), book.missedSince("8:1")]).toEqual([undefined, undefined]);
    book.doubt(2_000);
    book.add(event({ kind: EventKind.LOST }), 3_000);
    book.add(event({ pid: 8, startNs: 1n }), 4_000);
    // The first time counts, also for those that were not seen until then, or not at all.
    expect(["7:1", "8:1", "9:1"].map((key) => book.missedSince(key))).toEqual([2_000, 2_000, 2_000]);
    // Nothing went unseen of one whose birth is seen, until something does.
    book.add(event({ kind: EventKind.FORK, pid: 10, startNs: 1n }), 5_000);
    expect(book.missedSince("10:1")).toBeUndefined();
    book.doubt(6_000);
    expect(book.missedSince("10:1")).toBe(6_000);
    expect(book.missedSince("7:1")).toBe(2_000);
  });

  it("is forgotten with its process, and begins anew", () => {
    const book = new CallBook();
    for (const pid of [7, 8]) book.add(event({ pid, startNs: 1n }), 0);
    book.keepOnly((key) => key === "8:1");
    expect([book.of("7:1"), count(book, "8:1")]).toEqual([undefined, 1]);
    book.add(event({ pid: 7, startNs: 1n }), 0);
    expect(count(book, "7:1")).toBe(1);
  });
});
