// SPDX-License-Identifier: Apache-2.0
//
// What this page has seen each process call.

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

  of(key: string): CallStats | undefined {
    return this.byKey.get(key);
  }

  add(event: Event): void {
    if (event.kind === EventKind.LOST) this.doubt();
    if (event.kind === EventKind.LOST || event.pid === 0) return;
    this.statsOf(event).add(event);
  }

  /** Events are missing, and nobody knows whose. */
  doubt(): void {
    for (const stats of this.byKey.values()) stats.sizeTally.restart();
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
    if (stats === undefined) this.byKey.set(key, (stats = new CallStats()));
    this.byPid.set(event.pid, { startNs: event.startNs, stats });
    return stats;
  }
}
