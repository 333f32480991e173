// SPDX-License-Identifier: Apache-2.0
//
// What this page has seen each process call, and of whom it may have missed some.

import { type Event, EventKind } from "@/gen/memmon/v1/event_pb";
import { CallStats } from "./callStats";
import { keyOf } from "./process";

interface Entry {
  readonly startNs: bigint;
  readonly stats: CallStats;
}

export class CallBook {
  private readonly byKey = new Map<string, CallStats>();
  /** The latest process of an id: to write a key for each of 100,000 events a second costs more than all else here. */
  private readonly byPid = new Map<number, Entry>();
  private missedFromMs: number | undefined;

  of(key: string): CallStats | undefined {
    return this.byKey.get(key);
  }

  /** When the page first missed events that may have been this process's; undefined where it missed none. */
  missedSince(key: string): number | undefined {
    const stats = this.byKey.get(key);
    return stats === undefined ? this.missedFromMs : stats.missedFromMs;
  }

  add(event: Event, nowMs: number): void {
    if (event.kind === EventKind.LOST) this.doubt(nowMs);
    if (event.kind === EventKind.LOST || event.pid === 0) return;
    this.statsOf(event).add(event);
  }

  /** Events are missing, and nobody knows whose. */
  doubt(nowMs: number): void {
    this.missedFromMs ??= nowMs;
    for (const stats of this.byKey.values()) stats.doubt(nowMs);
  }

  /** Forgets processes that nobody knows any more. */
  keepOnly(isKnown: (key: string) => boolean): void {
    for (const key of this.byKey.keys()) {
      if (isKnown(key)) continue;
      this.byKey.delete(key);
      this.byPid.delete(Number(key.split(":")[0]));
    }
  }

  private statsOf(event: Event): CallStats {
    const latest = this.byPid.get(event.pid);
    if (latest?.startNs === event.startNs) return latest.stats;
    const key = keyOf(event);
    let stats = this.byKey.get(key);
    // Of one whose birth is seen nothing was missed before it.
    if (stats === undefined) this.byKey.set(key, (stats = new CallStats(event.kind === EventKind.FORK ? undefined : this.missedFromMs)));
    this.byPid.set(event.pid, { startNs: event.startNs, stats });
    return stats;
  }
}
