// SPDX-License-Identifier: Apache-2.0
//
// Growth that never comes back: processes whose held memory has gone up steadily, with what shows it.
// From what this page has watched alone; a leak that it has not seen it does not know.

import type { Span } from "./history";
import type { ProcessRow } from "./process";
import type { Series } from "./series";
import { dayMs, hourMs, minuteMs } from "./timeRange";

export interface Suspect {
  readonly row: ProcessRow;
  /** What it held at the end of each step, oldest first, and at the very beginning. */
  readonly values: readonly number[];
  /** How much more it holds than at the beginning, bytes. */
  readonly growth: number;
  /** Bytes a minute, over the time that was watched. */
  readonly perMinute: number;
  /** Part of the watched steps in which it grew, 0 to 1. */
  readonly grewShare: number;
  /** Part of all that came which was not given back, 0 to 1. */
  readonly keptShare: number;
  readonly fromMs: number;
  /** Records about it may be missing. */
  readonly uncertain: boolean;
}

export interface SuspectOptions {
  readonly spanMs: number;
  readonly nowMs: number;
  /** Times when nobody looked: what happened in them is no step. */
  readonly unwatched: readonly Span[];
}

/** As many steps as a span is looked at in. */
export const suspectSteps = 24;
/** Less than this is noise: a thread's stack, an allocator's arena. */
const leastGrowth = 256 * 1024;
const leastSteps = 6;
const leastStepMs = 2_000;
const leastGrewShare = 0.5;
const leastKeptShare = 0.7;

/** How a process has gone in the span; undefined where it is none to suspect. */
export function suspect(row: ProcessRow, series: Series, options: SuspectOptions): Suspect | undefined {
  if (row.ended || series.size === 0) return undefined;
  const { nowMs, spanMs } = options;
  const fromMs = Math.max(nowMs - spanMs, series.timeAt(0));
  // A short time has fewer steps, not shorter ones: a step has to hold some looks.
  const count = Math.min(suspectSteps, Math.floor((nowMs - fromMs) / leastStepMs));
  if (count < leastSteps) return undefined;
  const stepMs = (nowMs - fromMs) / count;
  const held = heldAt(series);
  const values = Array.from({ length: count + 1 }, (_, i) => held(fromMs + i * stepMs));
  let watched = 0;
  let grew = 0;
  let up = 0;
  let growth = 0;
  for (let i = 1; i < values.length; i++) {
    const from = fromMs + (i - 1) * stepMs;
    if (options.unwatched.some((span) => span.fromMs < from + stepMs && span.toMs > from)) continue;
    const change = (values[i] ?? 0) - (values[i - 1] ?? 0);
    watched++;
    growth += change;
    if (change > 0) {
      grew++;
      up += change;
    }
  }
  if (watched < leastSteps || growth < leastGrowth) return undefined;
  const grewShare = grew / watched;
  const keptShare = growth / up;
  if (grewShare < leastGrewShare || keptShare < leastKeptShare) return undefined;
  const perMinute = growth / ((watched * stepMs) / 60_000);
  return { row, values, growth, perMinute, grewShare, keptShare, fromMs, uncertain: row.uncertain };
}

/** What is looked over, ms. */
export const suspectSpansMs = [1, 5, 15, 60].map((minutes) => minutes * minuteMs);

/** What is looked over in the database, ms. */
export const storedSpansMs = [6 * hourMs, dayMs, 7 * dayMs] as const;

/** The same over the longest of the spans in which it is one to suspect: the longer it grew, the surer. */
export function longestSuspect(row: ProcessRow, series: Series, options: Omit<SuspectOptions, "spanMs">): Suspect | undefined {
  for (const spanMs of [...suspectSpansMs].reverse()) {
    const found = suspect(row, series, { ...options, spanMs });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Held at a time; times must not go back. */
function heldAt(series: Series): (atMs: number) => number {
  let at = 0;
  return (atMs) => {
    while (at + 1 < series.size && series.timeAt(at + 1) <= atMs) at++;
    return series.valueAt(at, 0);
  };
}

/** The fastest first; of those that are as fast the steadiest. */
export function rankSuspects(
  rows: readonly ProcessRow[],
  seriesOf: (key: string) => Series | undefined,
  options: SuspectOptions,
  limit = 20,
): Suspect[] {
  return rows
    .flatMap((row) => {
      const series = seriesOf(row.key);
      return (series === undefined ? undefined : suspect(row, series, options)) ?? [];
    })
    .sort((a, b) => b.perMinute * b.grewShare - a.perMinute * a.grewShare || a.row.pid - b.row.pid)
    .slice(0, limit);
}
