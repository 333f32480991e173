// SPDX-License-Identifier: Apache-2.0
//
// Speeds in a range of the past: over the time in it of which events are stored, for in the rest nothing
// was counted.

import type { Activity } from "./activity";
import { type RangeCover, unrecordedMs } from "./rangeCover";
import type { TimeRange } from "./timeRange";

/** Of a count in a range; undefined where nothing is stored of any of it. */
export function perSecond(count: bigint | number, { coveredMs }: Pick<RangeCover, "coveredMs">): number | undefined {
  return coveredMs > 0 ? (Number(count) * 1_000) / coveredMs : undefined;
}

/**
 * Bytes a second in each step of a range, oldest first; at most 121 of them. Steps are told as a whole, also
 * where the range ends within one. `storedToMs`: nothing is stored after.
 */
export function ratesOf(activity: Activity, range: TimeRange, storedToMs = Infinity): (number | undefined)[] {
  const { steps, stepMs } = activity;
  const first = Math.floor(range.fromMs / stepMs);
  const count = Math.min(Math.ceil(range.toMs / stepMs) - first, 121);
  const bytes = new Array<number>(Math.max(count, 0)).fill(0);
  for (const step of steps) {
    const at = Math.round(step.atMs / stepMs) - first;
    if (at >= 0 && at < bytes.length) bytes[at] = (bytes[at] ?? 0) + step.bytes;
  }
  return bytes.map((requested, at) => {
    const fromMs = (first + at) * stepMs;
    const toMs = Math.min(fromMs + stepMs, Math.max(storedToMs, fromMs));
    return perSecond(requested, { coveredMs: toMs - fromMs - unrecordedMs(activity, { fromMs, toMs }) });
  });
}
