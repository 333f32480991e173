// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { EventKind } from "@/gen/memmon/v1/event_pb";
import { CallStats, exponentOf } from "@/domain/callStats";
import { difference } from "@/domain/difference";
import { event, row } from "../builders";

describe("sizes that were asked for", () => {
  it("fall into powers of two", () => {
    expect([1n, 2n, 3n, 4095n, 4096n, 8191n, 2n ** 47n].map(exponentOf)).toEqual([0, 1, 1, 11, 12, 12, 47]);
  });

  it("are counted without a hole, failed ones apart", () => {
    const stats = new CallStats();
    for (const lengthBytes of [4096n, 5000n, 32768n]) stats.add(event({ lengthBytes, result: 0x7f00n }));
    stats.add(event({ lengthBytes: 32769n, result: -12n }));
    stats.add(event({ kind: EventKind.MUNMAP, lengthBytes: 1n }));
    expect(stats.sizes()).toEqual([
      { exponent: 12, done: 2, failed: 0 },
      { exponent: 13, done: 0, failed: 0 },
      { exponent: 14, done: 0, failed: 0 },
      { exponent: 15, done: 1, failed: 1 },
    ]);
    expect(new CallStats().sizes()).toEqual([]);
  });
});

describe("programs that a process ran", () => {
  it("are the latest fifty, with their times", () => {
    const stats = new CallStats();
    for (let i = 0; i < 60; i++) stats.add(event({ kind: EventKind.EXEC, processName: `p${i}`, eventTime: { seconds: BigInt(i), nanos: 0 } }));
    expect(stats.execs).toHaveLength(50);
    expect(stats.execs[0]).toEqual({ atMs: 10_000, name: "p10" });
  });
});

describe("calls", () => {
  it("are counted by kind and by error, the most frequent first", () => {
    const stats = new CallStats();
    stats.add(event({ kind: EventKind.BRK, result: 0x5000n }));
    for (const [result, lengthBytes] of [[-22n, 1n], [-12n, 9n], [-12n, 5n]] as const) stats.add(event({ result, lengthBytes }));
    // A killed process's status is no error of a call.
    stats.add(event({ kind: EventKind.EXIT, result: -9n }));
    expect(stats.byKind()).toEqual([[EventKind.MMAP, 3], [EventKind.BRK, 1], [EventKind.EXIT, 1]]);
    expect(stats.failures()).toEqual([{ error: 12, count: 2, largest: 9n }, { error: 22, count: 1, largest: 1n }]);
  });
});

describe("why held and virtual size differ", () => {
  const facts = { captureMs: 1_000, sharers: 0, stats: undefined };
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);

  it("is that the process was there before, and its image", () => {
    const of = difference(row(1, { held: 10n, virtualSize: 100n, startMs: 500 }), facts);
    expect(of).toMatchObject({ larger: "virtualSize", bytes: 90n });
    expect(names(of.reasons)).toEqual(["before", "image"]);
  });

  it("is not what came before, for one that began since", () => {
    expect(names(difference(row(1, { virtualSize: 1n, startMs: 2_000 }), facts).reasons)).toEqual(["image"]);
  });

  it("names who shares its address space, and the calls that change the size alone", () => {
    const stats = new CallStats();
    stats.add(event({ kind: EventKind.MMAP, virtualSizeBytes: 100n }));
    stats.add(event({ kind: EventKind.BRK, virtualSizeBytes: 130n }));
    stats.add(event({ kind: EventKind.MREMAP, virtualSizeBytes: 125n }));
    const { reasons } = difference(row(1, { held: 25n, virtualSize: 125n }), { ...facts, stats });
    expect(reasons).toEqual([
      { name: "image" },
      { name: "earlier", bytes: 75n },
      { name: "heap", bytes: 30n },
      { name: "remapped", bytes: -5n },
    ]);
    // The calls of others move the size, too, and a loss may have: nobody knows what did what.
    const doubtful = difference(row(1, { virtualSize: 1n, uncertain: true }), { ...facts, sharers: 2, stats }).reasons;
    expect(doubtful).toEqual([{ name: "image" }, { name: "shared", count: 2 }, { name: "uncertain" }]);
  });

  it("adds up to the difference, from the program's beginning on", () => {
    const stats = new CallStats();
    const add = (kind: EventKind, virtualSizeBytes: bigint, lengthBytes = 0n, mmId = 1n) =>
      stats.add(event({ kind, virtualSizeBytes, lengthBytes, mmId }));
    add(EventKind.MMAP, 9_000n, 4_096n, 5n);
    add(EventKind.EXEC, 20_480n, 0n, 6n);
    add(EventKind.MMAP, 28_672n, 8_000n, 6n);
    add(EventKind.BRK, 32_768n, 0n, 6n);
    // Over a page that was there, and off a page that was not.
    add(EventKind.MMAP, 32_768n, 4_096n, 6n);
    add(EventKind.MUNMAP, 32_768n, 4_096n, 6n);
    const held = 8_192n + 4_096n - 4_096n;
    const { bytes, reasons } = difference(row(1, { held, virtualSize: 32_768n }), { ...facts, stats });
    const known = reasons.flatMap((reason) => ("bytes" in reason && reason.bytes !== undefined ? [reason.bytes] : []));
    expect(reasons.slice(1)).toEqual([
      { name: "exec", bytes: 20_480n },
      { name: "heap", bytes: 4_096n },
      { name: "holes", bytes: 4_096n },
      { name: "replaced", bytes: -4_096n },
    ]);
    expect(known.reduce((sum, part) => sum + part, 0n)).toBe(bytes);
    stats.sizeTally.restart();
    expect(difference(row(1, { held, virtualSize: 32_768n }), { ...facts, stats }).reasons.slice(1)).toEqual([{ name: "earlier", bytes }]);
    // It need not be older than the page where that has missed something.
    stats.doubt(1_000);
    expect(difference(row(1, { held, virtualSize: 32_768n }), { ...facts, stats }).reasons.slice(1)).toEqual([{ name: "missed", bytes }]);
  });

  it("is what was mapped over, where more is held than there is", () => {
    expect(difference(row(1, { held: 9n, virtualSize: 4n }), facts)).toEqual({ larger: "held", bytes: 5n, reasons: [{ name: "replaced", bytes: undefined }] });
    expect(difference(row(1, { held: 4n, virtualSize: 4n }), facts)).toEqual({ larger: "neither", bytes: 0n, reasons: [] });
  });
});
