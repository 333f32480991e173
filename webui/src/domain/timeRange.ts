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

/** Shorter ones show nothing. */
export const leastRangeMs = 1_000;

/** ISO 8601, or ms since 1970; undefined where it is neither. */
function parseMoment(text: string | null): number | undefined {
  if (text === null) return undefined;
  const ms = /^\d{1,15}$/.test(text) ? Number(text) : /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? ms : undefined;
}

/** The range that an address's parameters say; undefined where they say none. */
export function parseRange(params: URLSearchParams): TimeRange | undefined {
  const fromMs = parseMoment(params.get("from"));
  const toMs = parseMoment(params.get("to"));
  return fromMs === undefined || toMs === undefined || toMs - fromMs < leastRangeMs ? undefined : { fromMs, toMs };
}

function momentText(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}

/** In UTC, so that it means the same to whoever opens it. */
export function rangeText(range: TimeRange): string {
  return `from=${momentText(range.fromMs)}&to=${momentText(range.toMs)}`;
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

export function sameRange(a: TimeRange | undefined, b: TimeRange | undefined): boolean {
  return a?.fromMs === b?.fromMs && a?.toMs === b?.toMs;
}

export function overlaps(a: TimeRange, b: TimeRange): boolean {
  return a.fromMs < b.toMs && b.fromMs < a.toMs;
}
