// SPDX-License-Identifier: Apache-2.0
//
// How much all processes together asked for, step by step: what is stored, what this page has seen
// itself, and the two as one.

import type { GetActivityResponse, HistoryGap } from "@/gen/memmon/v1/memmon_pb";
import { timestampMs } from "./format";
import { type TimeRange, clipped, overlaps } from "./timeRange";

export interface ActivityStep {
  /** When the step begins. */
  readonly atMs: number;
  readonly bytes: number;
  readonly calls: number;
}

export interface LossGap extends TimeRange {
  /** Events of all processes; 0: memmond did not run, and what happened nobody knows. */
  readonly lostCount: bigint;
}

/** Whether memmond did not run in it, rather than some of what it recorded was lost. */
export function isDowntime({ lostCount }: LossGap): boolean {
  return lostCount === 0n;
}

export interface Activity {
  /** Oldest first, on multiples of `stepMs`; a step in which nothing happened may be left out. */
  readonly steps: readonly ActivityStep[];
  readonly stepMs: number;
  /** Where something was lost. */
  readonly gaps: readonly LossGap[];
  /** Where nobody looked: nothing need be lost, but what happened is not known. */
  readonly unwatched: readonly TimeRange[];
  /** Before that nothing is known; undefined: nothing is known at all. */
  readonly knownFromMs: number | undefined;
  /** When the last stored event was; undefined where it is not stored, or nobody says. */
  readonly lastStoredMs?: number;
}

export function toGap(gap: HistoryGap): LossGap {
  const fromMs = gap.startTime === undefined ? 0 : timestampMs(gap.startTime);
  const toMs = gap.endTime === undefined ? fromMs : timestampMs(gap.endTime);
  return { fromMs, toMs: Math.max(fromMs, toMs), lostCount: gap.eventCount };
}

export function toActivity(response: GetActivityResponse): Activity {
  const { resolution, oldestTime, lastStoredTime } = response;
  return {
    steps: response.points.map(({ time, requestedBytes, callCount }) => ({
      atMs: time === undefined ? 0 : timestampMs(time),
      bytes: Number(requestedBytes),
      calls: Number(callCount),
    })),
    stepMs: resolution === undefined ? 60_000 : Math.max(1_000, Number(resolution.seconds) * 1_000 + resolution.nanos / 1e6),
    gaps: response.gaps.map(toGap),
    unwatched: [],
    knownFromMs: oldestTime === undefined ? undefined : timestampMs(oldestTime),
    ...(lastStoredTime === undefined ? {} : { lastStoredMs: timestampMs(lastStoredTime) }),
  };
}

export function lostIn(gaps: readonly LossGap[], range: TimeRange): bigint {
  return gaps.reduce((sum, gap) => sum + (overlaps(gap, range) || gap.fromMs === range.fromMs ? gap.lostCount : 0n), 0n);
}

/** When in a range memmond did not run. */
export function downtimesIn(gaps: readonly LossGap[], range: TimeRange): TimeRange[] {
  return gaps.filter((gap) => isDowntime(gap) && overlaps(gap, range)).map((gap) => clipped(gap, range));
}

const bucketMs = 5_000;
/** A day: a tab that is open for longer forgets its first hours. */
const maxBuckets = 17_280;
/** Longer without a look, and what happened meanwhile is not known. */
const unwatchedMs = 6_000;
const maxUnwatched = 200;
/** What is stored is told of so much later. */
const storedLateMs = 5_000;

/** What a page has seen itself, in a fixed number of steps. */
export class SeenActivity {
  private buckets: { atMs: number; bytes: number; calls: number }[] = [];
  private readonly unwatched: TimeRange[] = [];
  private last: { readonly atMs: number; readonly requested: bigint; readonly calls: bigint } | undefined;

  /** Sums over all processes, since whenever: only their growth counts. */
  look(atMs: number, requested: bigint, calls: bigint): void {
    const before = this.last;
    this.last = { atMs, requested, calls };
    if (before === undefined) {
      this.grow(atMs, 0, 0);
      return;
    }
    if (atMs - before.atMs > unwatchedMs) {
      this.unwatched.push({ fromMs: before.atMs, toMs: atMs });
      if (this.unwatched.length > maxUnwatched) this.unwatched.shift();
      return;
    }
    // Less than before: the capture began anew.
    if (requested >= before.requested && calls >= before.calls) {
      this.grow(atMs, Number(requested - before.requested), Number(calls - before.calls));
    }
  }

  /** `lost`: where the page was told that something was. */
  activity(stepMs: number, lost: readonly LossGap[]): Activity {
    const steps: { atMs: number; bytes: number; calls: number }[] = [];
    for (const { atMs, bytes, calls } of this.buckets) {
      const startMs = Math.floor(atMs / stepMs) * stepMs;
      const step = steps.at(-1);
      if (step?.atMs === startMs) {
        step.bytes += bytes;
        step.calls += calls;
      } else steps.push({ atMs: startMs, bytes, calls });
    }
    return { steps, stepMs, gaps: lost, unwatched: [...this.unwatched], knownFromMs: this.buckets[0]?.atMs };
  }

  private grow(nowMs: number, bytes: number, calls: number): void {
    const atMs = Math.floor(nowMs / bucketMs) * bucketMs;
    const bucket = this.buckets.at(-1);
    if (bucket?.atMs === atMs) {
      bucket.bytes += bytes;
      bucket.calls += calls;
      return;
    }
    this.buckets.push({ atMs, bytes, calls });
    if (this.buckets.length > maxBuckets) this.buckets = this.buckets.slice(-maxBuckets / 2);
  }
}

/**
 * Stored and seen as one. Either may lack some of a step: the store's last seconds come later, the
 * page may have been opened within it. So the larger one is nearer to what was. `storedToMs`: until when
 * the store was asked; what was lost since is known to the page alone.
 */
export function joinActivity(stored: Activity, seen: Activity, storedToMs: number): Activity {
  const steps = new Map(stored.steps.map((step) => [step.atMs, step]));
  for (const step of seen.steps) {
    const other = steps.get(step.atMs);
    if (other === undefined || other.bytes < step.bytes) steps.set(step.atMs, step);
  }
  return {
    steps: [...steps.values()].sort((a, b) => a.atMs - b.atMs),
    stepMs: stored.stepMs,
    gaps: [...stored.gaps, ...seen.gaps.filter(({ toMs }) => toMs > storedToMs - storedLateMs)],
    unwatched: seen.unwatched.filter(({ toMs }) => toMs > storedToMs),
    knownFromMs: stored.knownFromMs ?? seen.knownFromMs,
  };
}

/** A length that people think in, of which some hundred make up the span. */
export function stepFor(spanMs: number): number {
  const lengths = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800].map((seconds) => seconds * 1_000);
  return lengths.find((ms) => spanMs / ms <= 240) ?? 21_600_000;
}
