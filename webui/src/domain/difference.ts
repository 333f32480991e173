// SPDX-License-Identifier: Apache-2.0
//
// Why what a process holds is not its virtual size: what is true of this very process, in figures
// where they are known.

import { EventKind } from "@/gen/memmon/v1/event_pb";
import type { ProcessRow } from "./process";
import type { ProcessCalls } from "./processCalls";

/** Calls that change the size and not what is held, or not by as much. */
export type Moved = "heap" | "stack" | "special" | "remapped" | "holes";

export type Reason =
  /** It was there when the capture began: what it had mapped until then is in its size alone. */
  | { readonly name: "before"; readonly captureMs: number }
  /** Its program's image, heap and stack are in its size alone. */
  | { readonly name: "image" }
  /** So large was its address space when its program began, or when it was born as a copy. */
  | { readonly name: "exec" | "fork"; readonly bytes: bigint }
  /** As much of the difference is older than what memmond has seen. */
  | { readonly name: "earlier"; readonly bytes: bigint }
  /** The same, or of a time in which records were lost. */
  | { readonly name: "missed"; readonly bytes: bigint }
  /** As many other processes share its address space: what they map is in its size alone. */
  | { readonly name: "shared"; readonly count: number }
  /** Calls that change the size and not what is held, with how much they changed. */
  | { readonly name: Moved; readonly bytes: bigint }
  /** Mappings put over others are counted as held twice, and are in the size once. */
  | { readonly name: "replaced"; readonly bytes: bigint | undefined }
  /** Records were lost: one of the two may be late. */
  | { readonly name: "uncertain" };

export interface Difference {
  /** Which of the two is larger. */
  readonly larger: "virtualSize" | "held" | "neither";
  /** By how much, bytes. */
  readonly bytes: bigint;
  readonly reasons: readonly Reason[];
}

const moves: readonly (readonly [Moved, EventKind])[] = [
  ["heap", EventKind.BRK],
  ["stack", EventKind.STACK],
  ["special", EventKind.SPECIAL],
  ["remapped", EventKind.MREMAP],
  ["holes", EventKind.MUNMAP],
];

export function difference(
  row: ProcessRow,
  facts: { readonly captureMs: number | undefined; readonly sharers: number; readonly calls: ProcessCalls | undefined },
): Difference {
  const bytes = row.virtualSize - row.held;
  const uncertain: Reason[] = row.uncertain ? [{ name: "uncertain" }] : [];
  if (bytes === 0n) return { larger: "neither", bytes, reasons: uncertain };
  const reasons = bytes < 0n ? [] : earlierReasons(row, facts);
  // Who shares an address space moves the size by calls that are another's.
  const calls = facts.sharers > 0 || row.uncertain ? undefined : facts.calls;
  const movedBy = (kind: EventKind) => calls?.moved.get(kind) ?? 0n;
  const seen: Reason[] = [];
  let explained = 0n;
  for (const [name, kind] of moves) {
    const moved = movedBy(kind);
    explained += moved;
    if (moved !== 0n) seen.push({ name, bytes: moved });
  }
  // What another mapping, or shmdt, took away: no munmap told of it.
  const replaced = movedBy(EventKind.MMAP) + movedBy(EventKind.UNMAP);
  explained += replaced;
  if (replaced !== 0n) seen.push({ name: "replaced", bytes: replaced });
  else if (bytes < 0n) seen.push({ name: "replaced", bytes: undefined });
  const beginning = calls?.beginning;
  if (bytes > 0n && beginning !== undefined) {
    seen.unshift(beginning);
  } else if (bytes > 0n && calls !== undefined && bytes - explained > 0n) {
    seen.unshift({ name: calls.missedMs === undefined ? "earlier" : "missed", bytes: bytes - explained });
  }
  return { larger: bytes < 0n ? "held" : "virtualSize", bytes: bytes < 0n ? -bytes : bytes, reasons: [...reasons, ...seen, ...uncertain] };
}

/** What came before memmond looked, in words: nobody here knows how much of it is which. */
function earlierReasons(row: ProcessRow, facts: { readonly captureMs: number | undefined; readonly sharers: number }): Reason[] {
  const reasons: Reason[] = [];
  const { captureMs } = facts;
  if (captureMs !== undefined && row.startMs !== undefined && row.startMs < captureMs) reasons.push({ name: "before", captureMs });
  reasons.push({ name: "image" });
  if (facts.sharers > 0) reasons.push({ name: "shared", count: facts.sharers });
  return reasons;
}
