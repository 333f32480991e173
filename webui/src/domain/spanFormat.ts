// SPDX-License-Identifier: Apache-2.0
//
// Spans of time as people of a language write them.

import { createMomentFormats } from "./moment";
import { type TimeRange, dayMs, hourMs, minuteMs } from "./timeRange";

export interface SpanFormats {
  /** Two units at most: "1 h 30 min". */
  duration(ms: number): string;
  /** Both ends; the day is said once where it is the same, and left out where it is today. */
  range(range: TimeRange): string;
  /** With its length: "03:10 – 03:25 (15 min)". */
  rangeAndLength(range: TimeRange): string;
  /** One moment, to the second where it has any. */
  moment(ms: number): string;
}

const units = [
  ["day", dayMs],
  ["hour", hourMs],
  ["minute", minuteMs],
  ["second", 1_000],
] as const;

export function createSpanFormats(locale: string, nowMs: () => number = Date.now): SpanFormats {
  const counts = new Map(units.map(([unit]) => [unit, new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" })]));
  const moments = createMomentFormats(locale, nowMs);
  const hasSeconds = (ms: number) => ms % minuteMs >= 1_000;

  function duration(ms: number): string {
    let rest = Math.max(0, Math.round(ms / 1_000) * 1_000);
    const parts: string[] = [];
    for (const [unit, length] of units) {
      const count = Math.floor(rest / length);
      if (parts.length > 0 && count === 0) break;
      if (count === 0 && unit !== "second") continue;
      // A day is 24 hours as long as it is one.
      if (unit === "day" && count < 2) continue;
      parts.push((counts.get(unit) as Intl.NumberFormat).format(count));
      rest -= count * length;
      if (parts.length === 2) break;
    }
    return parts.join(" ");
  }

  function range({ fromMs, toMs }: TimeRange): string {
    const ends = [fromMs, toMs];
    const withSeconds = ends.some(hasSeconds);
    const whole = withSeconds ? moments.seconds : moments.minutes;
    const sameDay = new Date(fromMs).toDateString() === new Date(toMs).toDateString();
    // Not formatRange: in some languages it writes hours in another way than everything beside it.
    return `${whole(fromMs, ends)} – ${sameDay ? moments.timeOfDay(toMs, withSeconds) : whole(toMs, ends)}`;
  }
  return {
    duration,
    range,
    rangeAndLength: (of) => `${range(of)} (${duration(of.toMs - of.fromMs)})`,
    moment: (ms) => (hasSeconds(ms) ? moments.seconds : moments.minutes)(ms),
  };
}
