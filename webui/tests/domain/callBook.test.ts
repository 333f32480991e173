// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { EventKind } from "@/gen/memmon/v1/event_pb";
import { CallBook } from "@/domain/callBook";
import { event } from "../builders";

const count = (book: CallBook, key: string) => book.of(key)?.byKind()[0]?.[1];

describe("what processes call", () => {
  it("is counted for each, also where an id comes round again and an event comes late", () => {
    const book = new CallBook();
    for (const startNs of [1n, 1n, 2n, 1n]) book.add(event({ pid: 7, startNs }));
    book.add(event({ pid: 8, startNs: 1n }));
    expect(["7:1", "7:2", "8:1"].map((key) => count(book, key))).toEqual([3, 1, 1]);
  });

  it("is nobody's where it is a loss, which puts every size in doubt", () => {
    const book = new CallBook();
    book.add(event({ kind: EventKind.EXEC, pid: 7, startNs: 1n, virtualSizeBytes: 9n }));
    expect(book.of("7:1")?.sizeTally.beginning).toEqual({ name: "exec", bytes: 9n });
    book.add(event({ kind: EventKind.LOST, pid: 7, startNs: 1n }));
    expect(book.of("7:1")?.sizeTally.beginning).toBeUndefined();
    expect(count(book, "7:1")).toBe(1);
  });

  it("is forgotten with its process, and begins anew", () => {
    const book = new CallBook();
    for (const pid of [7, 8]) book.add(event({ pid, startNs: 1n }));
    book.keepOnly((key) => key === "8:1");
    expect([book.of("7:1"), count(book, "8:1")]).toEqual([undefined, 1]);
    book.add(event({ pid: 7, startNs: 1n }));
    expect(count(book, "7:1")).toBe(1);
  });
});
