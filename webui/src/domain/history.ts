// SPDX-License-Identifier: Apache-2.0
//
// What the page remembers of each process's figures: the last minute second by second, and all the
// time it has watched, ever more coarsely. Looked at once a second, whatever the traffic, so that
// ten thousand processes cost some milliseconds; a process that asks for nothing costs no memory.

import { type ProcessRow, callCount } from "./process";
import { Series } from "./series";

export const recentSeconds = 60;
/** Seconds over which a rate is taken. */
const rateSeconds = 3;
/** Longer without a look, and what happened meanwhile is not known. */
const unwatchedMs = 4_000;
const maxUnwatched = 50;
/** A long snapshot comes in pieces: whoever is missing for a look or two is in the next one. */
const patienceLooks = 5;
/** Processes: some milliseconds of them. */
const atOnce = 2_000;

/** Figures that do not come with the process, but follow from watching it. */
export interface Measures {
  /** mmap, munmap and failed calls a second; undefined where that is not known. */
  rate(key: string): number | undefined;
  /** How much what it holds has grown in the last minute, bytes; less than 0 where it shrank. Undefined as above. */
  growth(key: string): number | undefined;
}

/** What is known of how the figures of each process went. */
export interface ProcessWatch extends Measures {
  /** What it held lately, oldest first. */
  recentHeld(key: string): readonly number[];
  /** Held, virtual size and resident through time; undefined where nobody watched. */
  series(key: string): Series | undefined;
  endedMs(key: string): number | undefined;
  /** Times when nobody looked. */
  readonly unwatched: readonly Span[];
}

interface Track {
  /** Since the first one, or since nobody had looked for a time, or its counts began anew. */
  looks: number;
  readonly firstLook: number;
  /** It began after all that were known before: what it has done it has done since the page was opened. */
  readonly isNew: boolean;
  /** The latest `rateSeconds` + 1 counts, a ring. */
  readonly calls: Float64Array;
  /** The last minute, a ring; undefined until what it holds has changed. */
  held: Float64Array | undefined;
  latestHeld: number;
  readonly series: Series;
  look: number;
  /** When it was first seen to have ended. */
  endedMs: number | undefined;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export class ProcessHistory implements ProcessWatch {
  private readonly tracks = new Map<string, Track>();
  private readonly spans: Span[] = [];
  private look = 0;
  private lastMs: number | undefined;
  private watchedSinceMs: number | undefined;
  private madeCalls = 0n;
  private latestStartNs = 0n;

  /** When the page first looked; undefined until then. */
  get sinceMs(): number | undefined {
    return this.watchedSinceMs;
  }

  /** Times when the page did not look, such as when it was hidden. */
  get unwatched(): readonly Span[] {
    return this.spans;
  }

  get size(): number {
    return this.tracks.size;
  }

  /** Calls of all processes that were seen to be made while the page looked. */
  get callsSeen(): bigint {
    return this.madeCalls;
  }

  /** Looks at every process at once. */
  sample(rows: readonly ProcessRow[], nowMs: number): void {
    const looking = this.looking(rows, nowMs);
    while (looking.next().done !== true);
  }

  /**
   * Looks at every process, some at a time: ten thousand take longer than a frame. One look is to end
   * before the next begins. Those that are not among `rows` for some time are forgotten.
   */
  *looking(rows: readonly ProcessRow[], nowMs: number): Generator<void, void> {
    const before = this.lastMs;
    this.lastMs = nowMs;
    this.watchedSinceMs ??= nowMs;
    const resumed = before !== undefined && nowMs - before > unwatchedMs;
    if (resumed) this.skip(before, nowMs);
    this.look++;
    // Whoever began after all that were known is new: the clocks of two machines would not tell.
    const newSinceNs = before === undefined ? undefined : this.latestStartNs;
    for (const [at, row] of rows.entries()) {
      if (at > 0 && at % atOnce === 0) yield;
      if (row.startNs > this.latestStartNs) this.latestStartNs = row.startNs;
      const track = this.tracks.get(row.key);
      if (track === undefined) this.begin(row, nowMs, newSinceNs, resumed);
      else this.follow(track, row, nowMs, resumed);
    }
    if (this.tracks.size === rows.length) return;
    for (const [key, track] of this.tracks) if (this.look - track.look > patienceLooks) this.tracks.delete(key);
  }

  rate(key: string): number | undefined {
    const track = this.tracks.get(key);
    if (track === undefined || track.looks < 2) return undefined;
    const span = Math.min(track.looks - 1, rateSeconds);
    const at = (age: number) => track.calls[(track.looks - 1 - age) % track.calls.length] ?? 0;
    return (at(0) - at(span)) / span;
  }

  growth(key: string): number | undefined {
    const track = this.tracks.get(key);
    if (track === undefined || track.looks < 2) return undefined;
    if (track.held === undefined) return 0;
    const oldest = track.looks <= recentSeconds ? 0 : track.looks % recentSeconds;
    return track.latestHeld - (track.held[oldest] ?? 0);
  }

  /** What it held in the last minute, a value a second, oldest first; fewer where it was not watched for so long. */
  recentHeld(key: string): readonly number[] {
    const track = this.tracks.get(key);
    if (track === undefined) return [];
    const { held, latestHeld } = track;
    const count = Math.min(track.looks, recentSeconds);
    const first = track.looks - count;
    return Array.from({ length: count }, (_, i) => (held === undefined ? latestHeld : (held[(first + i) % recentSeconds] ?? 0)));
  }

  /** Held, virtual size and resident since the page has watched. */
  series(key: string): Series | undefined {
    return this.tracks.get(key)?.series;
  }

  /** Whether the latest look was the first at it although it had been there: what it has done may be long ago. */
  isJustMet(key: string): boolean {
    const track = this.tracks.get(key);
    return track === undefined || (track.firstLook === this.look && !track.isNew);
  }

  /** When it was first seen to have ended, by the browser's clock. */
  endedMs(key: string): number | undefined {
    return this.tracks.get(key)?.endedMs;
  }

  private begin(row: ProcessRow, nowMs: number, newSinceNs: bigint | undefined, resumed: boolean): void {
    const calls = callCount(row);
    const held = Number(row.held);
    const isNew = newSinceNs !== undefined && row.startNs > newSinceNs;
    const track: Track = {
      looks: 1,
      firstLook: this.look,
      isNew,
      calls: new Float64Array(rateSeconds + 1),
      held: undefined,
      latestHeld: held,
      series: new Series(),
      look: this.look,
      endedMs: row.ended ? nowMs : undefined,
    };
    track.calls[0] = calls;
    // All the calls of a new process are new; what others did before the first look is not ours.
    if (isNew && !resumed) this.madeCalls += BigInt(calls);
    track.series.add(nowMs, [held, Number(row.virtualSize), Number(row.resident)]);
    this.tracks.set(row.key, track);
  }

  private follow(track: Track, row: ProcessRow, nowMs: number, resumed: boolean): void {
    const calls = callCount(row);
    const previous = track.calls[(track.looks - 1) % track.calls.length] ?? 0;
    if (!resumed && calls > previous) this.madeCalls += BigInt(calls - previous);
    const held = Number(row.held);
    // What was called and grew while nobody looked would read as a burst: what is told of now begins anew.
    if (resumed || calls < previous) {
      track.looks = 0;
      track.held = undefined;
      track.latestHeld = held;
    }
    track.calls[track.looks % track.calls.length] = calls;
    if (track.held === undefined && held !== track.latestHeld) {
      track.held = new Float64Array(recentSeconds).fill(track.latestHeld);
    }
    if (track.held !== undefined) track.held[track.looks % recentSeconds] = held;
    track.latestHeld = held;
    track.looks++;
    track.look = this.look;
    if (row.ended) track.endedMs ??= nowMs;
    track.series.add(nowMs, [held, Number(row.virtualSize), Number(row.resident)]);
  }

  private skip(fromMs: number, toMs: number): void {
    this.spans.push({ fromMs, toMs });
    if (this.spans.length > maxUnwatched) this.spans.shift();
  }
}
