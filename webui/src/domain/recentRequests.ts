// SPDX-License-Identifier: Apache-2.0
//
// What each process has asked for in the last minutes, from what this page has watched: how much that
// was in all, looked at every few seconds. A process that asks for nothing costs no memory but its
// name; one that asks takes 2.4 KiB.

import { type Pie, pieOf } from "./pie";
import type { ProcessRow } from "./process";
import { minuteMs } from "./timeRange";

/** The longest span that can be asked for. */
export const longestRecentMs = 15 * minuteMs;
const lookEveryMs = 3_000;
const capacity = longestRecentMs / lookEveryMs + 1;
/** Live figures, which are always known. */
const requestedBy = (row: ProcessRow) => Number(row.requested ?? 0n);
/** Whoever is missing for so many looks is forgotten: a long snapshot comes in pieces. */
const patienceLooks = 5;

interface Track {
  /** What it had asked for before its first look: 0 where it began under the page's eyes. */
  before: number;
  firstLook: number;
  lastLook: number;
  latest: number;
  /** By look, a ring; undefined until it asks for something. */
  values: Float64Array | undefined;
}

export interface RecentShares {
  readonly pie: Pie;
  /** When the span begins, by the wall's clock: later than asked for where the page has not looked for so long. */
  readonly fromMs: number;
  /** Whether the page has looked for as long as was asked for. */
  readonly whole: boolean;
}

export class RecentRequests {
  private readonly tracks = new Map<string, Track>();
  /** Of each look, by a clock that nobody sets, and by the wall's. */
  private readonly times = new Float64Array(capacity);
  private readonly wallTimes = new Float64Array(capacity);
  private readonly totals = new Float64Array(capacity);
  private looks = 0;
  private latestStartNs = 0n;

  /** Looks at all processes; `total` is what all together have asked for, forgotten ones included. */
  look(rows: readonly ProcessRow[], total: bigint, nowMs: number, steadyMs = nowMs): void {
    const last = this.looks - 1;
    if (last >= 0 && steadyMs - (this.times[last % capacity] ?? 0) < lookEveryMs) return;
    // Less than before: the capture began anew, and so does this.
    if (last >= 0 && Number(total) < (this.totals[last % capacity] ?? 0)) this.clear();
    const look = this.looks++;
    this.times[look % capacity] = steadyMs;
    this.wallTimes[look % capacity] = nowMs;
    this.totals[look % capacity] = Number(total);
    const newSinceNs = look === 0 ? undefined : this.latestStartNs;
    for (const row of rows) {
      if (row.startNs > this.latestStartNs) this.latestStartNs = row.startNs;
      this.follow(row, look, newSinceNs);
    }
    for (const [key, { lastLook }] of this.tracks) if (look - lastLook > patienceLooks) this.tracks.delete(key);
  }

  /**
   * The shares of what was asked for in the last `spanMs`, at most `longestRecentMs`; undefined before
   * the first look. It begins with a look: some seconds later than asked for at most, or where the page
   * began, or looked again after it did not for a while.
   */
  shares(rows: readonly ProcessRow[], total: bigint, spanMs: number, steadyMs: number): RecentShares | undefined {
    const look = this.firstLookFrom(steadyMs - spanMs);
    if (look === undefined) return undefined;
    const lateMs = (this.times[look % capacity] ?? 0) - (steadyMs - spanMs);
    const requested = (row: ProcessRow) => {
      const track = this.tracks.get(row.key);
      const then = track === undefined ? this.untracked(row) : at(track, look);
      return BigInt(Math.max(0, requestedBy(row) - then));
    };
    const grown = Math.max(0, Number(total) - (this.totals[look % capacity] ?? 0));
    return { pie: pieOf(rows, requested, BigInt(grown)), fromMs: this.wallTimes[look % capacity] ?? 0, whole: lateMs <= 2 * lookEveryMs };
  }

  private firstLookFrom(ms: number): number | undefined {
    const oldest = Math.max(0, this.looks - capacity);
    for (let look = oldest; look < this.looks; look++) if ((this.times[look % capacity] ?? 0) >= ms) return look;
    // Nobody has looked for longer than that: from the latest look on.
    return this.looks === 0 ? undefined : this.looks - 1;
  }

  private follow(row: ProcessRow, look: number, newSinceNs: bigint | undefined): void {
    const requested = requestedBy(row);
    const track = this.tracks.get(row.key);
    if (track === undefined) {
      const before = newSinceNs !== undefined && row.startNs > newSinceNs ? 0 : requested;
      this.tracks.set(row.key, { before, firstLook: look, lastLook: look, latest: requested, values: undefined });
      return;
    }
    if (track.values === undefined && requested !== track.latest) track.values = new Float64Array(capacity).fill(track.latest);
    // A look that it was missing in.
    for (let missed = track.lastLook + 1; missed < look; missed++) if (track.values) track.values[missed % capacity] = track.latest;
    if (track.values !== undefined) track.values[look % capacity] = requested;
    track.latest = requested;
    track.lastLook = look;
  }

  /** One that began since the last look has asked for all of it now; of another nothing is known. */
  private untracked(row: ProcessRow): number {
    return row.startNs > this.latestStartNs ? 0 : requestedBy(row);
  }

  private clear(): void {
    this.tracks.clear();
    this.looks = 0;
    this.latestStartNs = 0n;
  }
}

function at(track: Track, look: number): number {
  if (look < track.firstLook) return track.before;
  return look > track.lastLook ? track.latest : (track.values?.[look % capacity] ?? track.latest);
}
