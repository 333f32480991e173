// SPDX-License-Identifier: Apache-2.0
//
// What this page was not told of. Totals come from the service and are right again after a look; what
// the page counts or draws itself lacks these times, and says so.

import type { LossGap } from "./activity";
import type { TimeRange } from "./timeRange";

export type UnseenCause =
  /** The kernel had no room for records: memmond has not seen them either. */
  | "lost"
  /** Events were not sent, since the page was too slow. */
  | "slow"
  /** There was no stream: the page was hidden, or the connection broken. */
  | "away";

/** A time of which not all was seen. */
export interface UnseenSpan extends TimeRange {
  readonly cause: UnseenCause;
  /** Records or events, at least; 0 where nobody knows. */
  readonly count: bigint;
}

export interface Unseen {
  /** When the first of those times began. */
  readonly sinceMs: number;
  /** When the first began in which records were lost before memmond had them; undefined where none were. */
  readonly lostSinceMs: number | undefined;
  /** Oldest first; the latest of many. */
  readonly spans: readonly UnseenSpan[];
}

/** Of a storm of losses each is told within a second of the one before: they are one. */
const joinMs = 1_000;
const maxSpans = 200;

export class Sight {
  private spans: readonly UnseenSpan[] = [];
  private sinceMs: number | undefined;
  private lostSinceMs: number | undefined;
  private away = false;
  /** Nobody has looked at what was lost since the page was away. */
  private returned = false;
  private lostCount: bigint | undefined;
  private lookedMs = 0;

  /** Undefined where all was seen since the page was opened. Another object whenever it changes. */
  unseen: Unseen | undefined;

  /** The stream is gone. `atMs`: when it last said something. */
  leave(atMs: number): void {
    if (this.away) return;
    this.away = true;
    this.miss("away", 0n, { fromMs: atMs, toMs: Number.POSITIVE_INFINITY });
  }

  /** There is a stream again. */
  comeBack(nowMs: number): void {
    if (!this.away) return;
    this.away = false;
    this.returned = true;
    this.change("away", (span) => ({ ...span, toMs: nowMs }));
  }

  /** Events were not sent. */
  skip(count: bigint, nowMs: number): void {
    this.miss("slow", count, { fromMs: nowMs, toMs: nowMs });
  }

  /** Records that were lost since the capture began. */
  look(lostCount: bigint, nowMs: number): void {
    const before = this.lostCount;
    const range = { fromMs: this.lookedMs, toMs: nowMs };
    const { returned } = this;
    this.returned = false;
    this.lostCount = lostCount;
    this.lookedMs = nowMs;
    // What was lost before the page was opened it did not miss; less than before: a new capture.
    if (before === undefined || lostCount <= before) return;
    const count = lostCount - before;
    this.lostSinceMs ??= returned ? this.spans.findLast(({ cause }) => cause === "away")?.fromMs : range.fromMs;
    // When in the time that nobody watched it happened, nobody here knows.
    if (returned) this.change("away", (span) => ({ ...span, count }));
    else this.miss("lost", count, range);
  }

  private miss(cause: UnseenCause, count: bigint, range: TimeRange): void {
    const last = this.spans.at(-1);
    if (last?.cause === cause && cause !== "away" && range.fromMs - last.toMs <= joinMs) {
      this.change(cause, (span) => ({ ...span, toMs: range.toMs, count: span.count + count }));
      return;
    }
    this.sinceMs ??= range.fromMs;
    this.tell([...this.spans, { cause, count, ...range }].slice(-maxSpans));
  }

  /** The latest of a cause. */
  private change(cause: UnseenCause, to: (span: UnseenSpan) => UnseenSpan): void {
    const latest = this.spans.findLast((span) => span.cause === cause);
    this.tell(this.spans.map((span) => (span === latest ? to(span) : span)));
  }

  private tell(spans: readonly UnseenSpan[]): void {
    this.spans = spans;
    this.unseen = this.sinceMs === undefined ? undefined : { sinceMs: this.sinceMs, lostSinceMs: this.lostSinceMs, spans };
  }
}

/** When something first went unseen of what was watched from a time on; undefined where nothing did. */
export function unseenSince(unseen: Unseen | undefined, fromMs: number): number | undefined {
  return unseen?.spans.find(({ toMs }) => toMs >= fromMs)?.fromMs;
}

/** Where records were lost, to be drawn. */
export function lossesOf(unseen: Unseen | undefined): LossGap[] {
  return (unseen?.spans ?? []).flatMap(({ cause, fromMs, toMs, count }) => (cause === "lost" ? [{ fromMs, toMs, lostCount: count }] : []));
}
