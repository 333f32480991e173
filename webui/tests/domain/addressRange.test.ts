// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { EventKind } from "@/gen/memmon/v1/event_pb";
import { addressRange, rangeText } from "@/domain/addressRange";
import { event } from "../builders";

const text = (what: Parameters<typeof event>[0]) => rangeText(addressRange(event(what)));
const at = 0x7f00_0000_0000n;

describe("the addresses of an event", () => {
  it("are those where mmap and mremap put it, wherever it was asked for", () => {
    expect(text({ lengthBytes: 8192n, result: at })).toBe("0x7f0000000000–0x7f0000002000");
    expect(text({ lengthBytes: 4096n, address: 0x1000n, result: at })).toBe("0x7f0000000000–0x7f0000001000");
    expect(text({ kind: EventKind.MREMAP, lengthBytes: 4096n, address: 0x1000n, result: at })).toBe("0x7f0000000000–0x7f0000001000");
  });

  it("reach to the end of the last page", () => {
    expect(text({ lengthBytes: 1n, result: at })).toBe("0x7f0000000000–0x7f0000001000");
    expect(text({ kind: EventKind.MUNMAP, address: at, lengthBytes: 4097n })).toBe("0x7f0000000000–0x7f0000002000");
  });

  it("of a failed call are those that were asked for, if any were", () => {
    expect(text({ lengthBytes: 4096n, address: at, result: -17n })).toBe("0x7f0000000000–0x7f0000001000");
    expect(text({ lengthBytes: 4096n, result: -12n })).toBe("");
    // How long it was is not in the event, and what it was to be is where nobody knows.
    expect(text({ kind: EventKind.MREMAP, lengthBytes: 8192n, address: at, result: -12n })).toBe("0x7f0000000000");
  });

  it("are one where no length goes with it, and none where nobody tells", () => {
    expect(text({ kind: EventKind.BRK, address: at, result: at })).toBe("0x7f0000000000");
    expect(text({ kind: EventKind.STACK, address: at, lengthBytes: 4096n })).toBe("0x7f0000000000");
    expect(text({ kind: EventKind.UNMAP, lengthBytes: 4096n })).toBe("");
    expect(text({ lengthBytes: 4096n, result: 0n })).toBe("");
    expect(text({ kind: EventKind.EXIT })).toBe("");
  });
});
