// SPDX-License-Identifier: Apache-2.0
//
// What the page remembers of each process's figures: the last minute second by second, and all the
// time it has watched, ever more coarsely. Looked at once a second, whatever the traffic, so that
// ten thousand processes cost some milliseconds; a process that asks for nothing costs no memory.

import { LookTimes, keptLooks } from "./lookTimes";
import { type ProcessRow, callCount } from "./process";
import { Series } from "./series";

export const recentSeconds = 60;
/** So far back a rate is taken, and as many looks at most. */
const rateSeconds = 3;
/** Further away from a minute ago, and a look is none of a minute ago. */
const nearMs = 5_000;
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
  /** The first look that can be compared with now: nobody had looked before for a time, or its counts began anew. */
  since: number;
  readonly firstLook: number;
  /** It began after all that were known before: what it has done it has done since the page was opened. */
  readonly isNew: boolean;
  /** By look, a ring: the latest `rateSeconds` + 1 counts. */
  readonly calls: Float64Array;
  /** By look, a ring, for as long as looks are remembered; undefined until what it holds has changed. */
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
  private readonly looks = new LookTimes();
  /** The looks that now is compared with. */
  private rateFrom = 0;
  private minuteAgo = 0;
  /** The next look is at another capture. */
  private anew = false;
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

  /** Another capture: what was counted before it is over. */
  beginAnew(): void {
    this.madeCalls = 0n;
    this.anew = true;
  }

  /** Looks at every process at once. */
  sample(rows: readonly ProcessRow[], nowMs: number, steadyMs = nowMs): void {
    const looking = this.looking(rows, nowMs, steadyMs);
    while (looking.next().done !== true);
  }

  /**
   * Looks at every process, some at a time: ten thousand take longer than a frame. One look is to end
   * before the next begins. Those that are not among `rows` for some time are forgotten. Times are told
   * by the wall's clock, spans by one that nobody sets.
   */
  *looking(rows: readonly ProcessRow[], nowMs: number, steadyMs = nowMs): Generator<void, void> {
    const before = this.lastMs;
    const restedMs = steadyMs - this.looks.at(this.looks.latest);
    this.lastMs = nowMs;
    this.watchedSinceMs ??= nowMs;
    const skipped = before !== undefined && restedMs > unwatchedMs;
    if (skipped) this.skip(before, nowMs);
    const resumed = skipped || this.anew;
    this.anew = false;
    this.looks.add(steadyMs);
    this.rateFrom = this.looks.nearest(steadyMs - rateSeconds * 1_000, Math.max(this.looks.oldest, this.looks.latest - rateSeconds));
    this.minuteAgo = this.looks.nearest(steadyMs - recentSeconds * 1_000);
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
    for (const [key, track] of this.tracks) if (this.looks.latest - track.look > patienceLooks) this.tracks.delete(key);
  }

  rate(key: string): number | undefined {
    const track = this.tracks.get(key);
    const then = Math.max(this.rateFrom, track?.since ?? 0);
    if (track === undefined || then >= track.look) return undefined;
    const made = callsAt(track, track.look) - callsAt(track, then);
    return (made * 1_000) / Math.max(this.looks.at(track.look) - this.looks.at(then), 1);
  }

  growth(key: string): number | undefined {
    const track = this.tracks.get(key);
    const then = Math.max(this.minuteAgo, track?.since ?? 0);
    if (track === undefined || then >= track.look) return undefined;
    // Of one that has not been watched for so long it is what it has grown since.
    const agoMs = this.looks.at(track.look) - this.looks.at(then);
    if (agoMs > recentSeconds * 1_000 + nearMs || (then > track.since && agoMs < recentSeconds * 1_000 - nearMs)) return undefined;
    return track.latestHeld - heldAt(track, then);
  }

  /** What it held in the last minute, a value a second, oldest first; fewer where it was not watched for so long. */
  recentHeld(key: string): readonly number[] {
    const track = this.tracks.get(key);
    if (track === undefined) return [];
    const { looks } = this;
    const nowMs = looks.at(track.look);
    let look = Math.max(track.since, looks.oldest);
    const count = Math.min(Math.round((nowMs - looks.at(look)) / 1_000) + 1, recentSeconds);
    return Array.from({ length: count }, (_, i) => heldAt(track, (look = looks.nearest(nowMs - (count - 1 - i) * 1_000, look))));
  }

  /** Held, virtual size and resident since the page has watched. */
  series(key: string): Series | undefined {
    return this.tracks.get(key)?.series;
  }

  /** Whether the latest look was the first at it although it had been there: what it has done may be long ago. */
  isJustMet(key: string): boolean {
    const track = this.tracks.get(key);
    return track === undefined || (track.firstLook === this.looks.latest && !track.isNew);
  }

  /** When it was first seen to have ended, by the browser's clock. */
  endedMs(key: string): number | undefined {
    return this.tracks.get(key)?.endedMs;
  }

  private begin(row: ProcessRow, nowMs: number, newSinceNs: bigint | undefined, resumed: boolean): void {
    const calls = callCount(row);
    const held = Number(row.held);
    const isNew = newSinceNs !== undefined && row.startNs > newSinceNs;
    const look = this.looks.latest;
    const track: Track = {
      since: look,
      firstLook: look,
      isNew,
      calls: new Float64Array(rateSeconds + 1),
      held: undefined,
      latestHeld: held,
      series: new Series(),
      look,
      endedMs: row.ended ? nowMs : undefined,
    };
    track.calls[look % track.calls.length] = calls;
    // All the calls of a new process are new; what others did before the first look is not ours.
    if (isNew && !resumed) this.madeCalls += BigInt(calls);
    track.series.add(nowMs, [held, Number(row.virtualSize), Number(row.resident)]);
    this.tracks.set(row.key, track);
  }

  private follow(track: Track, row: ProcessRow, nowMs: number, resumed: boolean): void {
    const calls = callCount(row);
    const previous = callsAt(track, track.look);
    if (!resumed && calls > previous) this.madeCalls += BigInt(calls - previous);
    const held = Number(row.held);
    const look = this.looks.latest;
    // What was called and grew while nobody looked would read as a burst: what is told of now begins anew.
    if (resumed || calls < previous) {
      track.since = look;
      track.held = undefined;
      track.latestHeld = held;
    }
    if (track.held === undefined && held !== track.latestHeld) track.held = new Float64Array(keptLooks).fill(track.latestHeld);
    // Looks that it was missing in.
    for (let missed = track.look + 1; missed < look; missed++) {
      track.calls[missed % track.calls.length] = previous;
      if (track.held !== undefined) track.held[missed % keptLooks] = track.latestHeld;
    }
    track.calls[look % track.calls.length] = calls;
    if (track.held !== undefined) track.held[look % keptLooks] = held;
    track.latestHeld = held;
    track.look = look;
    if (row.ended) track.endedMs ??= nowMs;
    track.series.add(nowMs, [held, Number(row.virtualSize), Number(row.resident)]);
  }

  private skip(fromMs: number, toMs: number): void {
    this.spans.push({ fromMs, toMs });
    if (this.spans.length > maxUnwatched) this.spans.shift();
  }
}

function callsAt(track: Track, look: number): number {
  return track.calls[look % track.calls.length] ?? 0;
}

function heldAt(track: Track, look: number): number {
  return track.held === undefined ? track.latestHeld : (track.held[look % keptLooks] ?? 0);
}
