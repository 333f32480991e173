// SPDX-License-Identifier: Apache-2.0
//
// The latest events, by group of kinds, and the places where some are missing. A ring a group, so
// that a storm of one kind does not wash away the others.

import { type Event, EventKind } from "@/gen/memmon/v1/event_pb";
import { type StreamEventsResponse } from "@/gen/memmon/v1/memmon_pb";
import { type KindGroup, groupOf, kindGroups } from "./kinds";
import type { EventTest } from "./logFilter";
import { Ring } from "./ring";

export const logCapacity = 2_000;

export type GapCause = "slow" | "lost" | "disconnected";

export type LogEntry =
  | { readonly type: "event"; readonly id: number; readonly event: Event }
  | {
      readonly type: "gap";
      readonly id: number;
      readonly cause: GapCause;
      /** How many are missing, at least; 0 where nobody knows. */
      readonly count: bigint;
      readonly reason: string;
      readonly atMs: number;
    };

export class EventLog {
  private readonly parts = new Map<KindGroup, { readonly ring: Ring<LogEntry>; total: number }>();
  private readonly gaps: Ring<LogEntry>;
  /** What passes `wanted`, of all groups. */
  private readonly chosen: Ring<LogEntry>;
  private wanted: EventTest | undefined;
  private nextId = 0;
  private gapCount = 0;
  private missing = 0n;

  constructor(private readonly capacity = logCapacity) {
    for (const group of kindGroups) this.parts.set(group, { ring: new Ring(capacity), total: 0 });
    this.chosen = new Ring(capacity);
    this.gaps = new Ring(Math.max(1, Math.floor(capacity / 10)));
  }

  /** Events that this page was not sent because it was too slow. */
  get missingCount(): bigint {
    return this.missing;
  }

  add(message: StreamEventsResponse, nowMs: number): void {
    if (message.gap !== undefined) {
      this.missing += message.gap.eventCount;
      this.addGap("slow", message.gap.eventCount, message.gap.reason, nowMs);
    }
    for (const event of message.events) {
      if (event.kind === EventKind.LOST) {
        this.addGap("lost", event.lostCount, "", nowMs);
        continue;
      }
      const group = groupOf(event.kind);
      const part = group === undefined ? undefined : this.parts.get(group);
      if (part === undefined) continue;
      part.total++;
      const entry: LogEntry = { type: "event", id: this.nextId++, event };
      part.ring.push(entry);
      if (this.wanted?.(event) === true) this.chosen.push(entry);
    }
  }

  /** Keeps the events that pass, although others wash them out of the rings; undefined lets go of them. */
  choose(wanted: EventTest | undefined): void {
    this.wanted = wanted;
    this.chosen.clear();
    if (wanted === undefined) return;
    const all = this.latest(new Set(kindGroups), Number.POSITIVE_INFINITY).reverse();
    for (const entry of all) if (entry.type === "event" && wanted(entry.event)) this.chosen.push(entry);
  }

  /** The latest entries of the groups that passed, as `latest`. */
  latestChosen(groups: ReadonlySet<KindGroup>): LogEntry[] {
    const entries = [...this.chosen.newestFirst()].filter((entry) => {
      const group = entry.type === "event" ? groupOf(entry.event.kind) : undefined;
      return group !== undefined && groups.has(group);
    });
    return [...entries, ...this.gaps.newestFirst()].sort((a, b) => b.id - a.id);
  }

  addGap(cause: GapCause, count: bigint, reason: string, nowMs: number): void {
    this.gapCount++;
    this.gaps.push({ type: "gap", id: this.nextId++, cause, count, reason, atMs: nowMs });
  }

  /** Entries of the groups ever added, those that have fallen out included. */
  count(groups: ReadonlySet<KindGroup>): number {
    let sum = this.gapCount;
    for (const group of groups) sum += this.parts.get(group)?.total ?? 0;
    return sum;
  }

  /** The latest entries of the groups, newest first, gaps at their places. */
  latest(groups: ReadonlySet<KindGroup>, limit = this.capacity): LogEntry[] {
    const entries: LogEntry[] = [];
    for (const group of groups) {
      const part = this.parts.get(group);
      if (part !== undefined) entries.push(...part.ring.newestFirst());
    }
    entries.push(...this.gaps.newestFirst());
    entries.sort((a, b) => b.id - a.id);
    return entries.length > limit ? entries.slice(0, limit) : entries;
  }
}
