// SPDX-License-Identifier: Apache-2.0
//
// Spans of time as people of a language write them.

import { type TimeRange, dayMs, hourMs, minuteMs } from "./timeRange";

export interface SpanFormats {
  /** Two units at most: "1 h 30 min". */
  duration(ms: number): string;
  /** Both ends; the day is said once where it is the same, and left out where it is today. */
  range(range: TimeRange): string;
  /** With its length: "03:10 – 03:25 (15 min)". */
  rangeAndLength(range: TimeRange): string;
  /** One moment to the second, with the day where it is not today. */
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
  const time = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
  const minutes = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const formats = new Map<string, Intl.DateTimeFormat>();

  function format(withDay: boolean, withYear: boolean, withSeconds: boolean): Intl.DateTimeFormat {
    const name = [withDay, withYear, withSeconds].join();
    const known = formats.get(name);
    if (known !== undefined) return known;
    const day = withDay ? ({ day: "numeric", month: "short" } as const) : {};
    const made = new Intl.DateTimeFormat(locale, { ...(withSeconds ? time : minutes), ...day, ...(withYear ? { year: "numeric" as const } : {}) });
    formats.set(name, made);
    return made;
  }

  function formatFor(...moments: readonly number[]): Intl.DateTimeFormat {
    const today = new Date(nowMs());
    const withDay = moments.some((ms) => new Date(ms).toDateString() !== today.toDateString());
    const withYear = moments.some((ms) => new Date(ms).getFullYear() !== today.getFullYear());
    const withSeconds = moments.some((ms) => ms % minuteMs >= 1_000);
    return format(withDay, withYear, withSeconds);
  }

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

  const range = ({ fromMs, toMs }: TimeRange) => formatFor(fromMs, toMs).formatRange(fromMs, toMs);
  return {
    duration,
    range,
    rangeAndLength: (of) => `${range(of)} (${duration(of.toMs - of.fromMs)})`,
    moment: (ms) => formatFor(ms).format(ms),
  };
}
