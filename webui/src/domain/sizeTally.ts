// SPDX-License-Identifier: Apache-2.0
//
// What has moved a process's virtual size away from what it holds, kind of call by kind of call. An
// event tells the size after it: the step from the event before, less what the call changed of what
// is held, belongs to its kind. Events come in the kernel's order; where one is missing the tally
// begins anew, rather than charge one kind with what another did.

import { type Event, EventKind } from "@/gen/memmon/v1/event_pb";
import { errorNumber } from "./errno";

const pageBytes = 4_096;

/** With what a tally began. */
export type Beginning =
  /** A new program: its image, its first stack. */
  | { readonly name: "exec"; readonly bytes: bigint }
  /** A copy of its parent's address space. */
  | { readonly name: "fork"; readonly bytes: bigint };

export class SizeTally {
  /** Whole pages are exact as doubles, far beyond any address space; a big integer of each step would be most of what is collected. */
  private readonly moved = new Map<EventKind, number>();
  private space: bigint | undefined;
  private size = 0;
  private start: Beginning | undefined;

  /** Undefined where it began before this page looked. */
  get beginning(): Beginning | undefined {
    return this.start;
  }

  /** Bytes that calls of a kind have added to the size and not to what is held; less than 0 where taken. */
  by(...kinds: readonly EventKind[]): bigint {
    return kinds.reduce((sum, kind) => sum + BigInt(this.moved.get(kind) ?? 0), 0n);
  }

  /** Something was not seen: what comes cannot be added to what was. */
  restart(): void {
    this.moved.clear();
    this.space = undefined;
    this.start = undefined;
  }

  add(event: Event): void {
    const { kind, mmId } = event;
    const size = Number(event.virtualSizeBytes);
    if (kind === EventKind.EXIT || kind === EventKind.MM_EXIT) return;
    if (kind === EventKind.EXEC || kind === EventKind.FORK) {
      this.restart();
      this.start = { name: kind === EventKind.EXEC ? "exec" : "fork", bytes: event.virtualSizeBytes };
    } else if (this.space === mmId) {
      const change = size - this.size - heldChange(event);
      if (change !== 0) this.moved.set(kind, (this.moved.get(kind) ?? 0) + change);
    } else {
      this.restart();
    }
    this.space = mmId;
    this.size = size;
  }
}

/** What a call changes of what its process holds. */
function heldChange({ kind, lengthBytes, result }: Event): number {
  if (errorNumber(result) !== undefined) return 0;
  const bytes = Math.ceil(Number(lengthBytes) / pageBytes) * pageBytes;
  return kind === EventKind.MMAP ? bytes : kind === EventKind.MUNMAP ? -bytes : 0;
}
