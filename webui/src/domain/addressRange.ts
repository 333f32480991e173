// SPDX-License-Identifier: Apache-2.0
//
// Which addresses an event is about.

import { type Event, EventKind } from "@/gen/memmon/v1/event_pb";
import { errorNumber } from "./errno";
import { hexAddress } from "./format";

const pageBytes = 4096n;

export interface AddressRange {
  readonly from: bigint;
  /** One after the last; undefined where it is one address, and no range. */
  readonly to: bigint | undefined;
}

function wholePages(from: bigint, length: bigint): AddressRange {
  const pages = (length + pageBytes - 1n) / pageBytes;
  return { from, to: pages > 0n ? from + pages * pageBytes : undefined };
}

/**
 * Where it mapped or unmapped, in whole pages, as the kernel does; of a failed call where it wanted
 * to. Undefined where there is none to tell, such as of a failed mmap that left it to the kernel.
 */
export function addressRange({ kind, address, lengthBytes, result }: Event): AddressRange | undefined {
  const failed = errorNumber(result) !== undefined;
  switch (kind) {
    case EventKind.MMAP:
    case EventKind.MREMAP: {
      // Where the kernel put it, which is seldom where it was asked for; an mremap that failed would
      // have been of another length.
      const from = failed ? address : result;
      if (from === 0n) return undefined;
      return failed && kind === EventKind.MREMAP ? { from, to: undefined } : wholePages(from, lengthBytes);
    }
    case EventKind.MUNMAP:
    case EventKind.SPECIAL:
    case EventKind.UNMAP:
      return address === 0n ? undefined : wholePages(address, lengthBytes);
    default:
      return address === 0n ? undefined : { from: address, to: undefined };
  }
}

/** As people read it in /proc/PID/maps: the end is the first address that is not in it any more. */
export function rangeText(range: AddressRange | undefined): string {
  if (range === undefined) return "";
  return range.to === undefined ? hexAddress(range.from) : `${hexAddress(range.from)}–${hexAddress(range.to)}`;
}
