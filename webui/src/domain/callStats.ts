// SPDX-License-Identifier: Apache-2.0
//
// What the page has seen a process call: how often, what failed, and how large its requests were.
// Counted from the stream of events, so from when the page was opened; the service's own counts
// begin with the capture.

import { type Event, EventKind } from "@/gen/memmon/v1/event_pb";
import { errorNumber } from "./errno";
import { timestampMs } from "./format";
import { callName } from "./kinds";
import type { ProcessRow } from "./process";
import { SizeTally } from "./sizeTally";

/** Requests of 2^i to 2^(i+1) - 1 bytes. */
export interface SizeBucket {
  readonly exponent: number;
  readonly done: number;
  readonly failed: number;
}

export interface Failures {
  readonly count: number;
  /** Length of the largest request that failed so, bytes. */
  readonly largest: bigint;
}

export interface FailureCount extends Failures {
  /** The error's number. */
  readonly error: number;
}

/** How often one call was made. */
export interface CallCount {
  readonly kind: EventKind;
  readonly name: string;
  /** By the service, since the capture began; undefined where it does not count them. */
  readonly told: bigint | undefined;
  /** By this page, of what it was sent. */
  readonly seen: number;
}

/** A program that the process began to run. */
export interface Exec {
  /** Wall clock, ms. */
  readonly atMs: number;
  readonly name: string;
}

/** A shell that starts others by exec thousands of times is remembered by its latest. */
const maxExecs = 50;
const exponents = 64;
const calls: ReadonlySet<EventKind> = new Set([EventKind.MMAP, EventKind.MUNMAP, EventKind.MREMAP, EventKind.BRK, EventKind.UNMAP]);
const noMemoryError = 12;

function counted(before: Failures | undefined, length: bigint): Failures {
  const largest = before === undefined || length > before.largest ? length : before.largest;
  return { count: (before?.count ?? 0) + 1, largest };
}

export class CallStats {
  /** Why its virtual size is not what it holds. */
  readonly sizeTally = new SizeTally();
  /** Oldest first. */
  readonly execs: Exec[] = [];
  private missedMs: number | undefined;
  private memoryFailures: Failures | undefined;
  /** By the kind's number. */
  private readonly kinds: number[] = [];
  private readonly errors = new Map<number, Failures>();
  private readonly done = new Uint32Array(exponents);
  private readonly failed = new Uint32Array(exponents);

  /** `missedFromMs`: as below, where that was before its first event. */
  constructor(missedFromMs?: number) {
    this.missedMs = missedFromMs;
  }

  /** When calls of it may first have gone unseen, ms, the page being open; undefined where none has. */
  get missedFromMs(): number | undefined {
    return this.missedMs;
  }

  /** Events are missing, which may have been its own. */
  doubt(nowMs: number): void {
    this.missedMs ??= nowMs;
    this.sizeTally.restart();
  }

  /** mmap calls that failed with ENOMEM; undefined where none was seen. */
  get noMemory(): Failures | undefined {
    return this.memoryFailures;
  }

  add(event: Event): void {
    this.sizeTally.add(event);
    this.kinds[event.kind] = (this.kinds[event.kind] ?? 0) + 1;
    if (event.kind === EventKind.EXEC) this.addExec(event);
    const error = isCall(event.kind) ? errorNumber(event.result) : undefined;
    if (error !== undefined) this.addFailure(error, event.lengthBytes);
    if (event.kind !== EventKind.MMAP || event.lengthBytes <= 0n) return;
    if (error === noMemoryError) this.memoryFailures = counted(this.memoryFailures, event.lengthBytes);
    const sizes = error === undefined ? this.done : this.failed;
    const at = exponentOf(event.lengthBytes);
    sizes[at] = (sizes[at] ?? 0) + 1;
  }

  /** Kinds that were seen, the most frequent first. */
  byKind(): readonly (readonly [kind: EventKind, count: number])[] {
    const seen = this.kinds.flatMap((count, kind: EventKind) => (count > 0 ? [[kind, count] as const] : []));
    return seen.sort(([a, n], [b, m]) => m - n || a - b);
  }

  /** Error numbers that were seen, the most frequent first. */
  failures(): readonly FailureCount[] {
    return [...this.errors]
      .map(([error, { count, largest }]) => ({ error, count, largest }))
      .sort((a, b) => b.count - a.count || a.error - b.error);
  }

  /** From the smallest size that was asked for to the largest, without a hole. */
  sizes(): readonly SizeBucket[] {
    const all = Array.from({ length: exponents }, (_, exponent) => ({
      exponent,
      done: this.done[exponent] ?? 0,
      failed: this.failed[exponent] ?? 0,
    }));
    const used = all.filter(({ done, failed }) => done + failed > 0);
    return all.slice(used[0]?.exponent ?? 0, (used.at(-1)?.exponent ?? -1) + 1);
  }

  private addExec({ eventTime, processName }: Event): void {
    if (eventTime === undefined) return;
    this.execs.push({ atMs: timestampMs(eventTime), name: processName });
    if (this.execs.length > maxExecs) this.execs.shift();
  }

  private addFailure(error: number, length: bigint): void {
    this.errors.set(error, counted(this.errors.get(error), length));
  }
}

/** The service counts two kinds since the capture began; a page counts what it is sent. */
export function callCounts(row: Pick<ProcessRow, "mmapCount" | "munmapCount">, stats: CallStats | undefined): CallCount[] {
  const seen = new Map(stats?.byKind());
  const told = new Map([
    [EventKind.MMAP, row.mmapCount],
    [EventKind.MUNMAP, row.munmapCount],
  ]);
  const kinds = [...told.keys(), ...[...seen.keys()].filter((kind) => !told.has(kind))];
  return kinds.map((kind) => ({ kind, name: callName(kind), told: told.get(kind), seen: seen.get(kind) ?? 0 }));
}

/** floor(log2(bytes)), at least 0. */
export function exponentOf(bytes: bigint): number {
  const few = Number(bytes);
  // Of each event: its digits as text take longer than all else that is counted.
  if (few >= 1 && few <= Number.MAX_SAFE_INTEGER) {
    const high = Math.floor(few / 2 ** 32);
    return high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(few);
  }
  return Math.min(Math.max(BigInt.asUintN(64, bytes).toString(2).length - 1, 0), exponents - 1);
}

/** Whether it is a program's request, whose result may be an error. */
export function isCall(kind: EventKind): boolean {
  return calls.has(kind);
}
