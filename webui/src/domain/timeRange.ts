// SPDX-License-Identifier: Apache-2.0
//
// A span of the past that somebody looks at, and how the address says it.

export interface TimeRange {
  /** Wall clock, ms. */
  readonly fromMs: number;
  /** Later than `fromMs`. */
  readonly toMs: number;
}

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** How much time the band shows. */
export const extents = ["hour", "day", "week"] as const;
export type Extent = (typeof extents)[number];
export const extentMs: Readonly<Record<Extent, number>> = { hour: hourMs, day: dayMs, week: 7 * dayMs };

/** Shorter ones show nothing. */
export const leastRangeMs = 1_000;

/** ISO 8601, or ms since 1970; undefined where it is neither. */
function parseMoment(text: string | null): number | undefined {
  if (text === null) return undefined;
  const ms = /^\d{1,15}$/.test(text) ? Number(text) : /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? ms : undefined;
}

function toRange(fromMs: number | undefined, toMs: number | undefined): TimeRange | undefined {
  return fromMs === undefined || toMs === undefined || toMs - fromMs < leastRangeMs ? undefined : { fromMs, toMs };
}

/** The range that an address's parameters say; undefined where they say none. */
export function parseRange(params: URLSearchParams): TimeRange | undefined {
  return toRange(parseMoment(params.get("from")), parseMoment(params.get("to")));
}

function momentText(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}

/** In UTC, so that it means the same to whoever opens it. */
export function rangeText(range: TimeRange): string {
  return `from=${momentText(range.fromMs)}&to=${momentText(range.toMs)}`;
}

/** An ISO 8601 interval, START/END. */
export function intervalText(range: TimeRange): string {
  return `${momentText(range.fromMs)}/${momentText(range.toMs)}`;
}

export function parseInterval(text: string | null): TimeRange | undefined {
  const [from = null, to = null] = text?.split("/") ?? [];
  return toRange(parseMoment(from), parseMoment(to));
}

/** As long as the range, and right before it. */
export function rangeBefore(range: TimeRange): TimeRange {
  return { fromMs: range.fromMs - (range.toMs - range.fromMs), toMs: range.fromMs };
}

/** From the earlier beginning to the later end. */
export function spanOf(a: TimeRange | undefined, b: TimeRange | undefined): TimeRange | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return { fromMs: Math.min(a.fromMs, b.fromMs), toMs: Math.max(a.toMs, b.toMs) };
}

/** Two ends in either order as a range within the bounds, at least as long as one may be. */
export function rangeBetween(oneMs: number, otherMs: number, bounds: TimeRange): TimeRange {
  const within = (ms: number) => Math.round(Math.min(Math.max(ms, bounds.fromMs), bounds.toMs));
  const [low, high] = [within(Math.min(oneMs, otherMs)), within(Math.max(oneMs, otherMs))];
  if (high - low >= leastRangeMs) return { fromMs: low, toMs: high };
  const fromMs = Math.min(low, Math.round(bounds.toMs) - leastRangeMs);
  return { fromMs, toMs: fromMs + leastRangeMs };
}

/** The range moved by some ms, as a whole, as far as the bounds allow. */
export function movedBy(range: TimeRange, byMs: number, bounds: TimeRange): TimeRange {
  const by = Math.max(bounds.fromMs - range.fromMs, Math.min(byMs, bounds.toMs - range.toMs));
  return { fromMs: Math.round(range.fromMs + by), toMs: Math.round(range.toMs + by) };
}

export function lengthOf({ fromMs, toMs }: TimeRange): number {
  return toMs - fromMs;
}

export function sameRange(a: TimeRange | undefined, b: TimeRange | undefined): boolean {
  return a?.fromMs === b?.fromMs && a?.toMs === b?.toMs;
}

export function overlaps(a: TimeRange, b: TimeRange): boolean {
  return a.fromMs < b.toMs && b.fromMs < a.toMs;
}

/** What of it is within the bounds, which it overlaps. */
export function clipped(range: TimeRange, bounds: TimeRange): TimeRange {
  return { fromMs: Math.max(range.fromMs, bounds.fromMs), toMs: Math.min(range.toMs, bounds.toMs) };
}
