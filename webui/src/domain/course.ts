// SPDX-License-Identifier: Apache-2.0
//
// How the sizes of one process went: what is stored of it, what this page has watched, and the two
// joined.

import { type Event, EventKind } from "@/gen/memmon/v1/event_pb";
import { type GetProcessHistoryResponse } from "@/gen/memmon/v1/memmon_pb";
import { type LossGap, toGap } from "./activity";
import type { Exec } from "./processCalls";
import { timestampMs } from "./format";
import { type ProcessRow, toRow } from "./process";
import { onItsWayMs } from "./rangeCover";
import type { SeriesPoint } from "./series";
import { type Step, stepsOf } from "./steps";
import type { TimeRange } from "./timeRange";

export interface Mark {
  readonly kind: "began" | "exec" | "ended";
  readonly atMs: number;
  /** What it was called from then on. */
  readonly name: string;
}

/** What of it was in RAM, as this page has watched it: nobody stores that, and nothing fills its unwatched times. */
export interface WatchedSteps {
  readonly steps: readonly Step[];
  readonly unwatched: readonly TimeRange[];
}

export interface Course {
  readonly held: readonly Step[];
  readonly virtualSize: readonly Step[];
  readonly resident?: WatchedSteps;
  readonly fromMs: number;
  readonly toMs: number;
  /** Nobody looked: what is drawn there is only the value before. */
  readonly unwatched: readonly TimeRange[];
  /** Events were lost: nothing is drawn there. */
  readonly gaps: readonly LossGap[];
  readonly marks: readonly Mark[];
  /** Until when it is drawn, where that is not all of it: it ended, or nobody knows what came later. */
  readonly knownToMs?: number;
}

/** A course out of the database. */
export interface StoredCourse extends Course {
  readonly stepMs: number;
  /** Asked for in each step in which something was. */
  readonly requested: readonly Step[];
  readonly requestedBytes: bigint;
  readonly releasedBytes: bigint;
  readonly mmapCount: bigint;
  readonly munmapCount: bigint;
  readonly failedCount: bigint;
  /** Until when it is known: of what is later than the last stored event nothing is. */
  readonly knownToMs: number;
  /** Until when it fills what nobody watched: the latest may be on its way. */
  readonly fillsToMs: number;
}

export function durationMs(duration: { readonly seconds: bigint; readonly nanos: number } | undefined): number {
  return duration === undefined ? 0 : Number(duration.seconds) * 1_000 + duration.nanos / 1e6;
}

/** How it went at another time, as if that had begun when this one did; what is later than its end is left out. */
export function laidOver(course: Course, span: TimeRange): Course {
  const byMs = span.fromMs - course.fromMs;
  const lay = (steps: readonly Step[]) => steps.map(({ atMs, value }) => ({ atMs: atMs + byMs, value })).filter(({ atMs }) => atMs < span.toMs);
  const toMs = Math.min(course.toMs + byMs, span.toMs);
  const knownToMs = Math.min((course.knownToMs ?? course.toMs) + byMs, toMs);
  return { held: lay(course.held), virtualSize: lay(course.virtualSize), fromMs: span.fromMs, toMs, unwatched: [], gaps: [], marks: [], knownToMs };
}

/** Beginning, execs and end, as far as they are known and within the span. */
export function marksOf(
  process: Pick<ProcessRow, "name" | "startMs" | "endMs"> | undefined,
  execs: readonly Exec[],
  span: TimeRange,
): Mark[] {
  const marks: Mark[] = [];
  const add = (kind: Mark["kind"], atMs: number, name: string) => {
    if (atMs >= span.fromMs && atMs <= span.toMs) marks.push({ kind, atMs, name });
  };
  if (process?.startMs !== undefined) add("began", process.startMs, process.name);
  for (const { atMs, name } of execs) add("exec", atMs, name);
  if (process?.endMs !== undefined) add("ended", process.endMs, process.name);
  return marks.sort((a, b) => a.atMs - b.atMs);
}

/** Times of the same moment, stored and watched, differ by less. */
const sameMomentMs = 5;

function joinMarks(live: readonly Mark[], stored: readonly Mark[]): Mark[] {
  const isLive = (mark: Mark) => live.some(({ kind, atMs }) => kind === mark.kind && Math.abs(atMs - mark.atMs) < sameMomentMs);
  return [...stored.filter((mark) => !isLive(mark)), ...live].sort((a, b) => a.atMs - b.atMs);
}

function execsOf(events: readonly Event[]): Exec[] {
  return events.flatMap(({ kind, eventTime, processName }) =>
    kind === EventKind.EXEC && eventTime !== undefined ? [{ atMs: timestampMs(eventTime), name: processName }] : [],
  );
}

export function toCourse(history: GetProcessHistoryResponse, events: readonly Event[], span: TimeRange): StoredCourse {
  const stepMs = Math.max(1_000, durationMs(history.resolution));
  const sum = (figure: "requestedBytes" | "releasedBytes" | "mmapCount" | "munmapCount" | "failedCount") =>
    history.points.reduce((total, point) => total + point[figure], 0n);
  const points: SeriesPoint[] = history.points.map((point) => ({
    atMs: point.time === undefined ? 0 : timestampMs(point.time),
    // What it held at most within a step is not stored; how large it was is.
    peaks: [Number(point.heldBytes), Number(point.maxVirtualSizeBytes)],
    values: [Number(point.heldBytes), Number(point.virtualSizeBytes)],
  }));
  const endMs = Math.min(history.process?.endTime === undefined ? span.toMs : timestampMs(history.process.endTime), span.toMs);
  const lastStoredMs = history.lastStoredTime === undefined ? Infinity : timestampMs(history.lastStoredTime);
  return {
    held: stepsOf(points, stepMs, 0),
    virtualSize: stepsOf(points, stepMs, 1),
    fromMs: span.fromMs,
    toMs: span.toMs,
    unwatched: [],
    gaps: history.gaps.map(toGap),
    marks: marksOf(history.process && toRow(history.process), execsOf(events), span),
    stepMs,
    requested: history.points.flatMap(({ time, requestedBytes }) =>
      time === undefined || requestedBytes === 0n ? [] : [{ atMs: timestampMs(time), value: Number(requestedBytes) }],
    ),
    requestedBytes: sum("requestedBytes"),
    releasedBytes: sum("releasedBytes"),
    mmapCount: sum("mmapCount"),
    munmapCount: sum("munmapCount"),
    failedCount: sum("failedCount"),
    knownToMs: Math.min(endMs, lastStoredMs),
    fillsToMs: Math.min(endMs, lastStoredMs + onItsWayMs),
  };
}

function patch(live: readonly Step[], stored: readonly Step[], spans: readonly TimeRange[]): Step[] {
  const inSpan = (ms: number) => spans.some(({ fromMs, toMs }) => ms >= fromMs && ms < toMs);
  return [...stored.filter(({ atMs }) => inSpan(atMs)), ...live.filter(({ atMs }) => !inSpan(atMs))].sort((a, b) => a.atMs - b.atMs);
}

/** What was watched, and out of the database what went before it and what happened while nobody looked. */
export function joinCourse(live: Course, stored: StoredCourse): Course {
  const filled = live.unwatched.filter(({ toMs }) => toMs <= stored.fillsToMs);
  const spans = [{ fromMs: Number.NEGATIVE_INFINITY, toMs: live.fromMs }, ...filled];
  const first = [stored.held[0], stored.virtualSize[0]].flatMap((step) => (step === undefined ? [] : [step.atMs]));
  return {
    held: patch(live.held, stored.held, spans),
    virtualSize: patch(live.virtualSize, stored.virtualSize, spans),
    resident: live.resident,
    fromMs: Math.min(live.fromMs, ...first.map((ms) => Math.max(ms, stored.fromMs))),
    toMs: live.toMs,
    unwatched: live.unwatched.filter((span) => !filled.includes(span)),
    // Until the store was asked it knows best.
    gaps: [...stored.gaps, ...live.gaps.filter(({ toMs }) => toMs > stored.fillsToMs)],
    marks: joinMarks(live.marks, stored.marks.filter(({ atMs }) => atMs <= live.toMs)),
  };
}

function clip(steps: readonly Step[], fromMs: number): Step[] {
  const before = steps.findLast(({ atMs }) => atMs <= fromMs);
  const after = steps.filter(({ atMs }) => atMs > fromMs);
  return before === undefined ? after : [{ atMs: fromMs, value: before.value }, ...after];
}

/** What of it is not before a time. */
export function clipCourse(course: Course, fromMs: number): Course {
  if (course.fromMs >= fromMs || course.toMs <= fromMs) return course;
  return {
    ...course,
    held: clip(course.held, fromMs),
    virtualSize: clip(course.virtualSize, fromMs),
    resident: course.resident && { ...course.resident, steps: clip(course.resident.steps, fromMs) },
    fromMs,
    marks: course.marks.filter(({ atMs }) => atMs >= fromMs),
  };
}

/** Figures of steps as a line: 0 where a step has none. */
export function barSteps(steps: readonly Step[], stepMs: number): Step[] {
  const line: Step[] = [];
  steps.forEach((step, i) => {
    line.push(step);
    const next = steps[i + 1]?.atMs;
    if (next === undefined || next > step.atMs + stepMs) line.push({ atMs: step.atMs + stepMs, value: 0 });
  });
  return line;
}

/** A drawn line, cut where events were lost: each piece with the time at which it ends. */
export interface Piece {
  readonly steps: readonly Step[];
  readonly toMs: number;
}

export function piecesOf(steps: readonly Step[], gaps: readonly TimeRange[], toMs: number): Piece[] {
  const pieces: Piece[] = [];
  let rest: readonly Step[] = steps;
  for (const gap of [...gaps].sort((a, b) => a.fromMs - b.fromMs)) {
    if (rest[0] === undefined || gap.fromMs >= toMs || gap.toMs <= rest[0].atMs) continue;
    const before = rest.filter(({ atMs }) => atMs < gap.fromMs);
    if (before.length > 0) pieces.push({ steps: before, toMs: gap.fromMs });
    const held = rest.findLast(({ atMs }) => atMs <= gap.toMs);
    const after = rest.filter(({ atMs }) => atMs > gap.toMs);
    rest = held === undefined ? after : [{ atMs: gap.toMs, value: held.value }, ...after];
  }
  if (rest[0] !== undefined && rest[0].atMs < toMs) pieces.push({ steps: rest, toMs });
  return pieces;
}
