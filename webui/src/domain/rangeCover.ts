// SPDX-License-Identifier: Apache-2.0
//
// How much of a range of the past is known, and why not all of it.

import { type Activity, downtimesIn, lostIn } from "./activity";
import { type TimeRange, lengthOf } from "./timeRange";

export interface RangeCover {
  /** Events that were lost in the range; undefined where nobody knows. */
  readonly lostCount: bigint | undefined;
  /** When memmond did not run. */
  readonly downtimes: readonly TimeRange[];
  /** Before that in the range nothing is stored; undefined where its beginning is. */
  readonly storedFromMs: number | undefined;
  /** How much of it is stored. */
  readonly storedPart: "all" | "part" | "none";
  /** When the last stored event was; undefined where this memmond does not say. */
  readonly lastStoredMs: number | undefined;
  /** Until when its figures can be: what is told of its end is of then, where memmond did not run any more. */
  readonly knownToMs: number;
  /** How much of the range no event is stored of, whatever happened then, ms; undefined where nobody knows. */
  readonly unrecordedMs: number | undefined;
  /** Of how much of it, until now, events are stored; all of it where nobody knows. What is told of it came in this time. */
  readonly coveredMs: number;
}

/** Between an event and the database. */
export const onItsWayMs = 60_000;

/** When in a range memmond ran, or might have: of before nothing is stored. The oldest event is known to a minute. */
function storedIn({ knownFromMs }: Pick<Activity, "knownFromMs">, { fromMs, toMs }: TimeRange): TimeRange {
  const beginMs = knownFromMs ?? toMs;
  return { fromMs: beginMs - fromMs <= onItsWayMs && knownFromMs !== undefined ? fromMs : Math.min(beginMs, toMs), toMs };
}

/** How much of a range no event is stored of, as far as the activity tells, ms. */
export function unrecordedMs(activity: Pick<Activity, "gaps" | "knownFromMs">, range: TimeRange): number {
  const stored = storedIn(activity, range);
  return downtimesIn(activity.gaps, stored).reduce((sum, downtime) => sum + lengthOf(downtime), stored.fromMs - range.fromMs);
}

/** `activity` is of the range; undefined where memmond does not tell. It is older than the page then. */
export function rangeCover(activity: Activity | undefined, range: TimeRange, nowMs: number): RangeCover {
  const lastStoredMs = activity?.lastStoredMs;
  // The browser's clock may be behind the host's.
  const toMs = Math.max(range.fromMs, Math.min(range.toMs, Math.max(nowMs, lastStoredMs ?? nowMs)));
  if (activity === undefined) {
    const unknown = { lostCount: undefined, downtimes: [], storedFromMs: undefined, lastStoredMs, unrecordedMs: undefined };
    return { ...unknown, storedPart: "all", knownToMs: range.toMs, coveredMs: toMs - range.fromMs };
  }
  const { gaps } = activity;
  // The latest of it may be on its way.
  const lateMs = lastStoredMs === undefined || toMs - lastStoredMs <= onItsWayMs ? 0 : toMs - Math.max(lastStoredMs, range.fromMs);
  const stored = storedIn(activity, range);
  const downtimes = downtimesIn(gaps, stored);
  // What is late may be so because memmond did not run: that is missing once.
  const missing = unrecordedMs(activity, { fromMs: range.fromMs, toMs: toMs - lateMs }) + lateMs;
  return {
    lostCount: lostIn(gaps, range),
    downtimes,
    storedFromMs: stored.fromMs > range.fromMs ? activity.knownFromMs : undefined,
    storedPart: missing > 0 && missing >= toMs - range.fromMs ? "none" : lateMs > 0 ? "part" : "all",
    lastStoredMs,
    knownToMs: Math.min(lastStoredMs ?? range.toMs, downtimes.find((downtime) => downtime.toMs === range.toMs)?.fromMs ?? range.toMs),
    unrecordedMs: missing,
    coveredMs: toMs - range.fromMs - missing,
  };
}
