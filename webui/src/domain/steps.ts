// SPDX-License-Identifier: Apache-2.0
//
// A series as it is drawn: a value holds until the next one.

import type { SeriesPoint } from "./series";

export interface Step {
  readonly atMs: number;
  readonly value: number;
}

/** One figure of a series, from its first point on: the peak of each moment, then what came after it. */
export function stepsOf(points: readonly SeriesPoint[], momentMs: number, figure: number): Step[] {
  const steps: Step[] = [];
  const push = (atMs: number, value: number) => {
    if (steps.at(-1)?.value !== value) steps.push({ atMs, value });
  };
  points.forEach((point, i) => {
    const peak = point.peaks[figure] ?? 0;
    const value = point.values[figure] ?? 0;
    const next = points[i + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    push(point.atMs, peak);
    if (value !== peak && point.atMs + momentMs < next) push(point.atMs + momentMs, value);
  });
  return steps;
}

/** The value at a time; undefined before the first. */
export function valueAt(steps: readonly Step[], atMs: number): number | undefined {
  return steps.findLast((step) => step.atMs <= atMs)?.value;
}

/** Of a chart's upright axis: from 0, but for figures that are all far above it. */
export function byteRange(low: number, high: number): { readonly from: number; readonly to: number } {
  const top = Math.max(high, 4096);
  if (low < top * 0.6 || low === high) return { from: 0, to: top * 1.08 };
  // Not so narrow that the round values of the axis would all read the same.
  const margin = Math.max((top - low) * 0.25, top * 0.02);
  return { from: Math.max(0, low - margin), to: top + margin };
}

/** Round values within a range: multiples of a power of two, at most `count`. */
export function byteTicks(from: number, to: number, count = 4): number[] {
  let step = 1;
  while ((to - from) / step > count) step *= 2;
  const ticks: number[] = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) ticks.push(tick);
  return ticks;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const timeSteps = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12, 24].map((n) => n * hour),
];

/** Round times within a span, at most `count`; `offsetMs` is how far the local clock is ahead. */
export function timeTicks(fromMs: number, toMs: number, offsetMs: number, count = 6): number[] {
  const step = timeSteps.find((ms) => (toMs - fromMs) / ms <= count) ?? Math.ceil((toMs - fromMs) / count / (24 * hour)) * 24 * hour;
  const ticks: number[] = [];
  for (let tick = Math.ceil((fromMs + offsetMs) / step) * step - offsetMs; tick <= toMs; tick += step) ticks.push(tick);
  return ticks;
}
