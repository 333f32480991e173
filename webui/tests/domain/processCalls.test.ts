// SPDX-License-Identifier: Apache-2.0

import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { EventKind } from "@/gen/memmon/v1/event_pb";
import { difference } from "@/domain/difference";
import { calls, row } from "../builders";

describe("what a process has called", () => {
  it("is what memmond told, with the sizes that it left out", () => {
    const told = calls({
      counts: [{ kind: EventKind.MMAP, count: 1n << 40n }, { kind: EventKind.EXEC, count: 2n }],
      failures: [{ error: 12, count: 2n, largestBytes: 9n }, { error: 0, count: 1n }],
      sizes: [{ exponent: 12, succeeded: 2n }, { exponent: 15, succeeded: 1n, failed: 3n }],
      execs: [{ time: timestampFromMs(10_000), name: "p10" }, { name: "nobody knows when" }],
      missedSince: timestampFromMs(7_000),
    });
    expect(told.counts).toEqual([{ kind: EventKind.MMAP, name: "mmap", count: 1n << 40n }, { kind: EventKind.EXEC, name: "exec", count: 2n }]);
    expect(told.failures).toEqual([{ error: 12, count: 2, largest: 9n }, { error: 0, count: 1, largest: 0n }]);
    expect(told.failedCount).toBe(3);
    expect(told.sizes).toEqual([
      { exponent: 12, done: 2, failed: 0 },
      { exponent: 13, done: 0, failed: 0 },
      { exponent: 14, done: 0, failed: 0 },
      { exponent: 15, done: 1, failed: 3 },
    ]);
    expect(told.execs).toEqual([{ atMs: 10_000, name: "p10" }]);
    expect(told.missedMs).toBe(7_000);
  });

  it("may be nothing", () => {
    expect(calls()).toEqual({ counts: [], failures: [], failedCount: 0, sizes: [], execs: [], moved: new Map(), beginning: undefined, missedMs: undefined });
  });
});

describe("why held and virtual size differ", () => {
  const facts = { captureMs: 1_000, sharers: 0, calls: undefined };
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
    const moved = calls({ sizeChanges: [{ kind: EventKind.BRK, bytes: 30n }, { kind: EventKind.MREMAP, bytes: -5n }] });
    const { reasons } = difference(row(1, { held: 25n, virtualSize: 125n }), { ...facts, calls: moved });
    expect(reasons).toEqual([
      { name: "image" },
      { name: "earlier", bytes: 75n },
      { name: "heap", bytes: 30n },
      { name: "remapped", bytes: -5n },
    ]);
    // The calls of others move the size, too, and a loss may have: nobody knows what did what.
    const doubtful = difference(row(1, { virtualSize: 1n, uncertain: true }), { ...facts, sharers: 2, calls: moved }).reasons;
    expect(doubtful).toEqual([{ name: "image" }, { name: "shared", count: 2 }, { name: "uncertain" }]);
  });

  it("adds up to the difference, from the program's beginning on", () => {
    const sizeChanges = [
      { kind: EventKind.BRK, bytes: 4_096n },
      // Over a page that was there, and off a page that was not.
      { kind: EventKind.MMAP, bytes: -4_096n },
      { kind: EventKind.MUNMAP, bytes: 4_096n },
    ];
    const whole = calls({ sizeChanges, sizeBegan: EventKind.EXEC, sizeBeganBytes: 20_480n });
    const held = 8_192n + 4_096n - 4_096n;
    const { bytes, reasons } = difference(row(1, { held, virtualSize: 32_768n }), { ...facts, calls: whole });
    const known = reasons.flatMap((reason) => ("bytes" in reason && reason.bytes !== undefined ? [reason.bytes] : []));
    expect(reasons.slice(1)).toEqual([
      { name: "exec", bytes: 20_480n },
      { name: "heap", bytes: 4_096n },
      { name: "holes", bytes: 4_096n },
      { name: "replaced", bytes: -4_096n },
    ]);
    expect(known.reduce((sum, part) => sum + part, 0n)).toBe(bytes);
    const later = difference(row(1, { held, virtualSize: 32_768n }), { ...facts, calls: calls() });
    expect(later.reasons.slice(1)).toEqual([{ name: "earlier", bytes }]);
    // It need not be older than memmond's looking where records were lost.
    const missed = calls({ missedSince: timestampFromMs(1_000) });
    expect(difference(row(1, { held, virtualSize: 32_768n }), { ...facts, calls: missed }).reasons.slice(1)).toEqual([{ name: "missed", bytes }]);
  });

  it("of one that was born as a copy begins with that", () => {
    const born = calls({ sizeBegan: EventKind.FORK, sizeBeganBytes: 90n });
    expect(difference(row(1, { held: 10n, virtualSize: 100n }), { ...facts, calls: born }).reasons).toEqual([{ name: "image" }, { name: "fork", bytes: 90n }]);
  });

  it("is what was mapped over, where more is held than there is", () => {
    expect(difference(row(1, { held: 9n, virtualSize: 4n }), facts)).toEqual({ larger: "held", bytes: 5n, reasons: [{ name: "replaced", bytes: undefined }] });
    expect(difference(row(1, { held: 4n, virtualSize: 4n }), facts)).toEqual({ larger: "neither", bytes: 0n, reasons: [] });
  });
});
