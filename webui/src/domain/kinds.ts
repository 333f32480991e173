// SPDX-License-Identifier: Apache-2.0
//
// Kinds of events, in the groups in which people choose them.

import { type Event, EventKind } from "@/gen/memmon/v1/event_pb";

export const kindGroups = ["mmap", "munmap", "mremap", "brk", "kernel", "life", "inventory"] as const;
export type KindGroup = (typeof kindGroups)[number];

/** The requests of the programs themselves. */
export const defaultGroups: readonly KindGroup[] = ["mmap", "munmap", "mremap"];

export function groupOf(kind: EventKind): KindGroup | undefined {
  switch (kind) {
    case EventKind.MMAP:
      return "mmap";
    case EventKind.MUNMAP:
      return "munmap";
    case EventKind.MREMAP:
      return "mremap";
    case EventKind.BRK:
      return "brk";
    case EventKind.STACK:
    case EventKind.SPECIAL:
    case EventKind.UNMAP:
      return "kernel";
    case EventKind.FORK:
    case EventKind.EXEC:
    case EventKind.EXIT:
    case EventKind.MM_EXIT:
      return "life";
    case EventKind.BASELINE:
    case EventKind.RESYNC:
    case EventKind.RESYNC_END:
      return "inventory";
    default:
      return undefined;
  }
}

/** Whether it succeeded with an address that this page may not see, and has 0 instead. */
export const hidesResult = ({ detailsHidden, kind, result }: Event): boolean =>
  detailsHidden && result === 0n && (kind === EventKind.MMAP || kind === EventKind.MREMAP || kind === EventKind.BRK);

/** Whether it is a program's request, whose result may be an error. */
export function isCall(kind: EventKind): boolean {
  return calls.has(kind);
}

const calls: ReadonlySet<EventKind> = new Set([EventKind.MMAP, EventKind.MUNMAP, EventKind.MREMAP, EventKind.BRK, EventKind.UNMAP]);

/** All kinds of the groups. */
export function kindsOf(groups: ReadonlySet<KindGroup>): EventKind[] {
  return [...callNames.keys()].filter((kind) => {
    const group = groupOf(kind);
    return group !== undefined && groups.has(group);
  });
}

const callNames = new Map<EventKind, string>([
  [EventKind.MMAP, "mmap"],
  [EventKind.MUNMAP, "munmap"],
  [EventKind.MREMAP, "mremap"],
  [EventKind.BRK, "brk"],
  [EventKind.STACK, "stack"],
  [EventKind.SPECIAL, "special"],
  [EventKind.UNMAP, "unmap"],
  [EventKind.FORK, "fork"],
  [EventKind.EXEC, "exec"],
  [EventKind.EXIT, "exit"],
  [EventKind.MM_EXIT, "mm exit"],
  [EventKind.BASELINE, "baseline"],
  [EventKind.RESYNC, "resync"],
  [EventKind.RESYNC_END, "resync end"],
]);

/** As people who know the calls write it; the same in every language. */
export function callName(kind: EventKind): string {
  return callNames.get(kind) ?? `kind ${kind}`;
}

/** Whether the kind carries an address and a length that somebody asked for. */
export function hasRange(kind: EventKind): boolean {
  return [EventKind.MMAP, EventKind.MUNMAP, EventKind.MREMAP, EventKind.SPECIAL, EventKind.UNMAP].includes(kind);
}
