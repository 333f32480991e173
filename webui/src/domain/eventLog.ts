// SPDX-License-Identifier: Apache-2.0
//
// The latest events, by group of kinds, and the places where some are missing. A ring a group, so
// that a storm of one kind does not wash away the others. Of a busy host they are a sample, and how
// much was left out is counted; what somebody has chosen comes by a stream of its own where it can.

import { type Event, EventKind } from "@/gen/memmon/v1/event_pb";
import { type StreamEventsResponse } from "@/gen/memmon/v1/memmon_pb";
import { timestampMs } from "./format";
import { type KindGroup, groupOf, kindGroups } from "./kinds";
import type { EventTest } from "./logFilter";
import { Brought, LogShare } from "./logShare";
import { Ring } from "./ring";

export const logCapacity = 2_000;
/** What two streams tell of the same time comes within so long. */
const overlapMs = 1_000;

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

type Totals = Map<KindGroup, number>;

function addTo(totals: Totals, group: KindGroup, count: number): void {
  totals.set(group, (totals.get(group) ?? 0) + count);
}

/** The same event tells the same by either stream, and no other tells it at that nanosecond. */
function signature({ kind, pid, startNs, eventTime, address, lengthBytes }: Event): string {
  return [kind, pid, startNs, eventTime?.seconds, eventTime?.nanos, address, lengthBytes].join(" ");
}

export class EventLog {
  /** How much of all that happened has come. */
  readonly share = new LogShare();
  /** The same of what passes and comes by a stream of its own. */
  readonly chosenShare = new LogShare();
  private readonly rings = new Map<KindGroup, Ring<LogEntry>>();
  private readonly totals: Totals = new Map();
  private readonly gaps: Ring<LogEntry>;
  /** What passes `wanted`, of all groups. */
  private readonly chosen: Ring<LogEntry>;
  private readonly chosenTotals: Totals = new Map();
  private wanted: EventTest | undefined;
  private covers: EventTest | undefined;
  /** While two streams may tell the same: what has been told. */
  private overlap: { readonly told: Set<string>; readonly untilMs: number } | undefined;
  private nextId = 0;
  private gapCount = 0;
  private missing = 0n;

  constructor(private readonly capacity = logCapacity) {
    for (const group of kindGroups) this.rings.set(group, new Ring(capacity));
    this.chosen = new Ring(capacity);
    this.gaps = new Ring(Math.max(1, Math.floor(capacity / 10)));
  }

  /** Events that this page was not sent because it was too slow. */
  get missingCount(): bigint {
    return this.missing;
  }

  /** Another capture: what was not sent of the one before is no part of it. */
  forgetMissing(): void {
    this.missing = 0n;
  }

  /** What a stream without a filter has brought. */
  add(message: StreamEventsResponse, nowMs: number): void {
    if (message.gap !== undefined) {
      this.missing += message.gap.eventCount;
      this.addGap("slow", message.gap.eventCount, message.gap.reason, nowMs);
    }
    const brought = this.brought(message, this.totals, nowMs);
    for (const event of message.events) {
      if (event.kind === EventKind.LOST) {
        this.addGap("lost", event.lostCount, "", nowMs);
        continue;
      }
      const group = groupOf(event.kind);
      const ring = group === undefined ? undefined : this.rings.get(group);
      if (group === undefined || ring === undefined) continue;
      addTo(this.totals, group, 1);
      brought.add(group);
      const entry: LogEntry = { type: "event", id: this.nextId++, event };
      ring.push(entry);
      if (this.wanted?.(event) === true && !this.comesByItself(event, nowMs)) this.pushChosen(group, entry, nowMs);
    }
    brought.lastId = this.nextId - 1;
    this.share.add(brought);
  }

  /** Keeps the events that pass, although others wash them out of the rings; undefined lets go of them. */
  choose(wanted: EventTest | undefined): void {
    this.wanted = wanted;
    this.covers = this.overlap = undefined;
    this.chosen.clear();
    this.chosenTotals.clear();
    if (wanted === undefined) return;
    const all = this.latest(new Set(kindGroups), Number.POSITIVE_INFINITY).reverse();
    for (const entry of all) if (entry.type === "event" && wanted(entry.event)) this.chosen.push(entry);
  }

  /**
   * What passes comes by a stream of its own (`addChosen`) from now on, as far as `covers` says; of the
   * rest, and where that is undefined, what of all events passes is all there is.
   */
  follow(covers: EventTest | undefined, nowMs: number): void {
    this.covers = covers;
    this.chosenShare.begin(nowMs);
    if (covers === undefined) return;
    const told = [...this.chosen.newestFirst()].flatMap((entry) => (entry.type === "event" ? [signature(entry.event)] : []));
    this.overlap = { told: new Set(told), untilMs: nowMs + overlapMs };
  }

  /** What the stream has brought that has the filter. */
  addChosen(message: StreamEventsResponse, nowMs: number): void {
    if (message.gap !== undefined) this.chosen.push(this.gap("slow", message.gap.eventCount, message.gap.reason, nowMs));
    const brought = this.brought(message, this.chosenTotals, nowMs);
    for (const event of message.events) {
      const group = groupOf(event.kind);
      // The service has a coarser filter: it knows no process but by its id.
      if (group === undefined || this.wanted?.(event) !== true) continue;
      brought.add(group);
      this.pushChosen(group, { type: "event", id: this.nextId++, event }, nowMs);
    }
    brought.lastId = this.nextId - 1;
    this.chosenShare.add(brought);
  }

  /** The latest entries of the groups that passed, as `latest`. */
  latestChosen(groups: ReadonlySet<KindGroup>): LogEntry[] {
    const entries = [...this.chosen.newestFirst()].filter((entry) => {
      const group = entry.type === "event" ? groupOf(entry.event.kind) : undefined;
      return entry.type === "gap" || (group !== undefined && groups.has(group));
    });
    return [...entries, ...this.gaps.newestFirst()].sort((a, b) => b.id - a.id);
  }

  addGap(cause: GapCause, count: bigint, reason: string, nowMs: number): void {
    this.gapCount++;
    this.gaps.push(this.gap(cause, count, reason, nowMs));
  }

  /** Entries of the groups ever added; those that have fallen out, and those that were left out, included. */
  count(groups: ReadonlySet<KindGroup>): number {
    return this.sum(this.totals, groups);
  }

  /** The same of those that passed, since somebody chose them. */
  countChosen(groups: ReadonlySet<KindGroup>): number {
    return this.sum(this.chosenTotals, groups);
  }

  /** The latest entries of the groups, newest first, gaps at their places. */
  latest(groups: ReadonlySet<KindGroup>, limit = this.capacity): LogEntry[] {
    const entries: LogEntry[] = [];
    for (const group of groups) entries.push(...(this.rings.get(group)?.newestFirst() ?? []));
    entries.push(...this.gaps.newestFirst());
    entries.sort((a, b) => b.id - a.id);
    return entries.length > limit ? entries.slice(0, limit) : entries;
  }

  /** Older entries of the group than of this time may have fallen out; undefined where none has. */
  keptSinceMs(group: KindGroup): number | undefined {
    const ring = this.rings.get(group);
    const oldest = ring?.latest(ring.capacity - 1);
    return oldest?.type === "event" && oldest.event.eventTime ? timestampMs(oldest.event.eventTime) : undefined;
  }

  private gap(cause: GapCause, count: bigint, reason: string, atMs: number): LogEntry {
    return { type: "gap", id: this.nextId++, cause, count, reason, atMs };
  }

  private sum(totals: Totals, groups: ReadonlySet<KindGroup>): number {
    let sum = this.gapCount;
    for (const group of groups) sum += totals.get(group) ?? 0;
    return sum;
  }

  /** With what the message left out. */
  private brought(message: StreamEventsResponse, totals: Totals, nowMs: number): Brought {
    const brought = new Brought(nowMs, this.nextId);
    for (const { kind, count } of message.leftOut) {
      const group = groupOf(kind);
      if (group === undefined) continue;
      addTo(totals, group, Number(count));
      brought.leaveOut(group, Number(count));
    }
    return brought;
  }

  private comesByItself(event: Event, nowMs: number): boolean {
    // What was on its way when the other stream began does not come by that.
    return (this.overlap === undefined || nowMs > this.overlap.untilMs) && this.covers?.(event) === true;
  }

  private pushChosen(group: KindGroup, entry: LogEntry & { readonly type: "event" }, nowMs: number): void {
    if (this.overlap !== undefined && nowMs > this.overlap.untilMs) this.overlap = undefined;
    if (this.overlap !== undefined) {
      const what = signature(entry.event);
      if (this.overlap.told.has(what)) return;
      this.overlap.told.add(what);
    }
    addTo(this.chosenTotals, group, 1);
    this.chosen.push(entry);
  }
}
