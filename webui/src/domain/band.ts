// SPDX-License-Identifier: Apache-2.0
//
// The shapes of the band of activity.

import type { Activity, LossGap } from "./activity";
import { type TimeRange, clipped, overlaps } from "./timeRange";

export interface Bars {
  /** An SVG path; empty where there is nothing. */
  readonly path: string;
  /** The most that was asked for, bytes a step. */
  readonly peak: number;
  /** What a bar as high as the band stands for, bytes a step. */
  readonly scale: number;
  /** Bars that are more than that, and end at the band's edge. */
  readonly cut: readonly CutBar[];
}

export interface CutBar extends TimeRange {
  readonly bytes: number;
  /** Its middle and its width, px. */
  readonly x: number;
  readonly width: number;
}

/** Of so many bars or more, one in twenty may be cut. */
const leastBars = 10;
const cutShare = 0.05;
/** How often the highest bar must be as high as those that are not cut. */
const cutFrom = 6;

/**
 * Up to where the scale goes. One minute that asked for a hundred times what the others did would leave
 * nothing of these to be seen: then the scale ends a little above the bars of 95 in 100. It stays linear, so
 * that what is twice as high is twice as much.
 */
function scaleOf(bytes: readonly number[]): number {
  const sorted = [...bytes].sort((a, b) => a - b);
  const peak = sorted.at(-1) ?? 0;
  if (sorted.length < leastBars) return peak;
  const usual = sorted[Math.floor(sorted.length * (1 - cutShare)) - 1] ?? peak;
  return peak > usual * cutFrom ? usual * 1.25 : peak;
}

/** A bar a step, the scale's end as high as the band; what is not 0 can be seen. */
export function bandBars(activity: Activity, bounds: TimeRange, width: number, height: number): Bars {
  const { steps, stepMs } = activity;
  const inside = steps.filter(({ atMs, bytes }) => bytes > 0 && atMs < bounds.toMs && atMs + stepMs > bounds.fromMs);
  const peak = inside.reduce((most, { bytes }) => Math.max(most, bytes), 0);
  const scale = scaleOf(inside.map(({ bytes }) => bytes));
  const cut: CutBar[] = [];
  const x = (ms: number) => Math.min(Math.max(((ms - bounds.fromMs) / (bounds.toMs - bounds.fromMs)) * width, 0), width);
  let path = "";
  for (const { atMs, bytes } of inside) {
    const from = x(atMs);
    // A hair between two bars, where there is room for one.
    const to = Math.max(x(atMs + stepMs) - (width * stepMs > 4 * (bounds.toMs - bounds.fromMs) ? 1 : 0), from + 0.5);
    if (bytes > scale) cut.push({ fromMs: atMs, toMs: atMs + stepMs, bytes, x: (from + to) / 2, width: to - from });
    const top = height - Math.min(Math.max((bytes / scale) * height, 1), height);
    path += `M${from.toFixed(1)} ${height}V${top.toFixed(1)}H${to.toFixed(1)}V${height}Z`;
  }
  return { path, peak, scale, cut };
}

export interface BandSpans {
  readonly gaps: readonly LossGap[];
  readonly unwatched: readonly TimeRange[];
  /** Before anything was stored or seen. */
  readonly unknown: TimeRange | undefined;
}

export function bandSpans({ gaps, unwatched, knownFromMs }: Activity, bounds: TimeRange): BandSpans {
  const toMs = Math.min(knownFromMs ?? bounds.toMs, bounds.toMs);
  return {
    gaps: gaps
      .filter((gap) => overlaps(gap, bounds) || (gap.fromMs === gap.toMs && gap.fromMs >= bounds.fromMs && gap.fromMs < bounds.toMs))
      .map((gap) => ({ ...gap, ...clipped(gap, bounds) })),
    unwatched: unwatched.filter((span) => overlaps(span, bounds)).map((span) => clipped(span, bounds)),
    unknown: toMs > bounds.fromMs ? { fromMs: bounds.fromMs, toMs } : undefined,
  };
}
