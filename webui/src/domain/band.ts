// SPDX-License-Identifier: Apache-2.0
//
// The shapes of the band of activity.

import type { Activity, LossGap } from "./activity";
import { type TimeRange, overlaps } from "./timeRange";

export interface Bars {
  /** An SVG path; empty where there is nothing. */
  readonly path: string;
  /** What the highest bar stands for, bytes a step. */
  readonly peak: number;
}

/** A bar a step, the highest as high as the band; what is not 0 can be seen. */
export function bandBars(activity: Activity, bounds: TimeRange, width: number, height: number): Bars {
  const { steps, stepMs } = activity;
  const inside = steps.filter(({ atMs, bytes }) => bytes > 0 && atMs < bounds.toMs && atMs + stepMs > bounds.fromMs);
  const peak = inside.reduce((most, { bytes }) => Math.max(most, bytes), 0);
  const x = (ms: number) => Math.min(Math.max(((ms - bounds.fromMs) / (bounds.toMs - bounds.fromMs)) * width, 0), width);
  let path = "";
  for (const { atMs, bytes } of inside) {
    const from = x(atMs);
    // A hair between two bars, where there is room for one.
    const to = Math.max(x(atMs + stepMs) - (width * stepMs > 4 * (bounds.toMs - bounds.fromMs) ? 1 : 0), from + 0.5);
    const top = height - Math.max((bytes / peak) * height, 1);
    path += `M${from.toFixed(1)} ${height}V${top.toFixed(1)}H${to.toFixed(1)}V${height}Z`;
  }
  return { path, peak };
}

export interface BandSpans {
  readonly gaps: readonly LossGap[];
  readonly unwatched: readonly TimeRange[];
  /** Before anything was stored or seen. */
  readonly unknown: TimeRange | undefined;
}

function clip<Span extends TimeRange>(span: Span, bounds: TimeRange): Span {
  return { ...span, fromMs: Math.max(span.fromMs, bounds.fromMs), toMs: Math.min(span.toMs, bounds.toMs) };
}

export function bandSpans({ gaps, unwatched, knownFromMs }: Activity, bounds: TimeRange): BandSpans {
  const toMs = Math.min(knownFromMs ?? bounds.toMs, bounds.toMs);
  return {
    gaps: gaps
      .filter((gap) => overlaps(gap, bounds) || (gap.fromMs === gap.toMs && gap.fromMs >= bounds.fromMs && gap.fromMs < bounds.toMs))
      .map((gap) => clip(gap, bounds)),
    unwatched: unwatched.filter((span) => overlaps(span, bounds)).map((span) => clip(span, bounds)),
    unknown: toMs > bounds.fromMs ? { fromMs: bounds.fromMs, toMs } : undefined,
  };
}
