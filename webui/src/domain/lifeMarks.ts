// SPDX-License-Identifier: Apache-2.0
//
// Beginnings, execs and ends of all processes, as marks on a band: from the processes that are known,
// and from the events that this page has seen.

import { type Event, EventKind } from "@/gen/memmon/v1/event_pb";
import type { Mark } from "./course";
import { timestampMs } from "./format";
import { type ProcessRow, keyOf } from "./process";
import type { TimeRange } from "./timeRange";

/** Marks are so far from each other, px: what is nearer is one mark. */
const leastGapPx = 6;

/** Of one place on the band. */
export interface LifeMark extends TimeRange {
  /** Of the place, px. */
  readonly x: number;
  readonly began: number;
  readonly execs: number;
  readonly ended: number;
  /** What it was, where it was one thing. */
  readonly only: Mark | undefined;
}

const kinds = new Map<EventKind, Mark["kind"]>([
  [EventKind.FORK, "began"],
  [EventKind.EXEC, "exec"],
  [EventKind.EXIT, "ended"],
]);

/** `events` are of the kinds of life, each once; what an event and a row both tell is one mark. */
export function lifeMarks(rows: readonly ProcessRow[], events: Iterable<Event>, bounds: TimeRange): Mark[] {
  const marks: Mark[] = [];
  const told = new Set<string>();
  const add = (kind: Mark["kind"], atMs: number, name: string) => {
    if (atMs >= bounds.fromMs && atMs < bounds.toMs) marks.push({ kind, atMs, name });
  };
  for (const event of events) {
    const kind = kinds.get(event.kind);
    if (kind === undefined || event.eventTime === undefined) continue;
    if (kind !== "exec") told.add(`${kind} ${keyOf(event)}`);
    add(kind, timestampMs(event.eventTime), event.processName);
  }
  for (const { key, name, startMs, endMs } of rows) {
    if (startMs !== undefined && !told.has(`began ${key}`)) add("began", startMs, name);
    if (endMs !== undefined && !told.has(`ended ${key}`)) add("ended", endMs, name);
  }
  return marks.sort((a, b) => a.atMs - b.atMs);
}

/** As many marks as there is room for, oldest first: neighbours are taken together, and none is left out. */
export function thinMarks(marks: readonly Mark[], bounds: TimeRange, width: number): LifeMark[] {
  const spanMs = bounds.toMs - bounds.fromMs;
  const placeMs = spanMs / Math.max(1, Math.floor(width / leastGapPx));
  const byPlace = new Map<number, Mark[]>();
  for (const mark of marks) {
    // By the clock, not by the band's beginning: neighbours stay together while the band moves on.
    const place = Math.floor(mark.atMs / placeMs);
    const there = byPlace.get(place);
    if (there === undefined) byPlace.set(place, [mark]);
    else there.push(mark);
  }
  return [...byPlace].sort(([a], [b]) => a - b).map(([place, there]) => {
    const count = (kind: Mark["kind"]) => there.reduce((sum, mark) => sum + (mark.kind === kind ? 1 : 0), 0);
    const times = there.map(({ atMs }) => atMs);
    return {
      x: Math.min(Math.max((((place + 0.5) * placeMs - bounds.fromMs) / spanMs) * width, 0), width),
      fromMs: Math.min(...times),
      toMs: Math.max(...times),
      began: count("began"),
      execs: count("exec"),
      ended: count("ended"),
      only: there.length === 1 ? there[0] : undefined,
    };
  });
}
