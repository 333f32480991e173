// SPDX-License-Identifier: Apache-2.0
//
// What a process has called, as memmond counts it: since the capture began, or since the process did.

import { EventKind } from "@/gen/memmon/v1/event_pb";
import type { GetProcessCallsResponse, SizeCount } from "@/gen/memmon/v1/calls_pb";
import { timestampMs } from "./format";
import { callName } from "./kinds";

/** Requests of 2^exponent to 2^(exponent+1) - 1 bytes. */
export interface SizeBucket {
  readonly exponent: number;
  readonly done: number;
  readonly failed: number;
}

export interface FailureCount {
  /** The error's number; 0: errors that there was no room for one by one. */
  readonly error: number;
  readonly count: number;
  /** Length of the largest request that failed so, bytes. */
  readonly largest: bigint;
}

/** How often one call was made, failed ones included. */
export interface CallCount {
  readonly kind: EventKind;
  readonly name: string;
  readonly count: bigint;
}

/** A program that the process began to run. */
export interface Exec {
  /** Wall clock, ms. */
  readonly atMs: number;
  readonly name: string;
}

/** With what its address space began, and how large that was. */
export interface Beginning {
  /** A new program: its image, its first stack. Or a copy of its parent's address space. */
  readonly name: "exec" | "fork";
  readonly bytes: bigint;
}

export interface ProcessCalls {
  readonly counts: readonly CallCount[];
  /** The most frequent first. */
  readonly failures: readonly FailureCount[];
  /** Of all errors together. */
  readonly failedCount: number;
  /** From the smallest size that was asked for to the largest, without a hole. */
  readonly sizes: readonly SizeBucket[];
  /** The latest, oldest first. */
  readonly execs: readonly Exec[];
  /** Bytes that calls of a kind have added to the size and not to what is held; less than 0 where taken. */
  readonly moved: ReadonlyMap<EventKind, bigint>;
  /** Undefined where `moved` began later than its address space: it was there before, or records were lost. */
  readonly beginning: Beginning | undefined;
  /** When records that may have been its own were first lost, ms; undefined where none was. */
  readonly missedMs: number | undefined;
}

const beginnings = new Map<EventKind, Beginning["name"]>([
  [EventKind.EXEC, "exec"],
  [EventKind.FORK, "fork"],
]);

function withoutHoles(sizes: readonly SizeCount[]): SizeBucket[] {
  const byExponent = new Map(sizes.map((size) => [size.exponent, size]));
  const first = sizes[0]?.exponent ?? 0;
  const last = sizes.at(-1)?.exponent ?? -1;
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const size = byExponent.get(first + i);
    return { exponent: first + i, done: Number(size?.succeeded ?? 0n), failed: Number(size?.failed ?? 0n) };
  });
}

export function toProcessCalls(response: GetProcessCallsResponse): ProcessCalls {
  const began = beginnings.get(response.sizeBegan);
  const failures = response.failures.map(({ error, count, largestBytes }) => ({ error, count: Number(count), largest: largestBytes }));
  return {
    counts: response.counts.map(({ kind, count }) => ({ kind, name: callName(kind), count })),
    failures,
    failedCount: failures.reduce((sum, { count }) => sum + count, 0),
    sizes: withoutHoles(response.sizes),
    execs: response.execs.flatMap(({ time, name }) => (time === undefined ? [] : [{ atMs: timestampMs(time), name }])),
    moved: new Map(response.sizeChanges.map(({ kind, bytes }) => [kind, bytes])),
    beginning: began === undefined ? undefined : { name: began, bytes: response.sizeBeganBytes },
    missedMs: response.missedSince === undefined ? undefined : timestampMs(response.missedSince),
  };
}
