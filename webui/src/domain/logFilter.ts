// SPDX-License-Identifier: Apache-2.0
//
// Which events the log shows: of one process, or of those that a search finds; that failed; that ask for
// much. As EventFilter, of which the service makes the same choice among what is stored.

import { type Event, type EventFilter, EventOutcome } from "@/gen/memmon/v1/event_pb";
import { errorNumber } from "./errno";
import { isCall } from "./kinds";
import { type ProcessRow, keyOf } from "./process";
import type { Searched } from "./search";

export type EventTest = (event: Event) => boolean;

export interface LogFilter {
  /** The process's key; undefined where it may be any. */
  readonly only: string | undefined;
  /** Finds the processes that are wanted; undefined where all are. */
  readonly finds: ((process: Searched) => boolean) | undefined;
  /** Calls that failed, and nothing else. */
  readonly failed: boolean;
  /** Of those that failed: with this error number; undefined: with any. The service does not know this choice. */
  readonly error?: number | undefined;
  /** The smallest length, bytes. */
  readonly minLength: bigint;
}

/** What the service can narrow by, of an EventFilter. */
export type StoredFilter = Pick<EventFilter, "pids" | "outcome" | "minLengthBytes">;

/** What somebody may choose from, bytes; the first lets everything pass. */
export const minLengths: readonly bigint[] = [0n, 1n << 16n, 1n << 20n, 1n << 24n, 1n << 30n];

/** At most so many process ids go into one question. */
export const maxPids = 1_000;

export function passesAll({ only, finds, failed, minLength }: LogFilter): boolean {
  return only === undefined && finds === undefined && !failed && minLength === 0n;
}

/**
 * The same for a stream of what passes, which a test goes over again; why there can be none where more
 * processes are searched for than can be named, or none that is known.
 */
export function askedFilter(filter: LogFilter, rows: () => Iterable<ProcessRow>): StoredFilter | "many" | "nobody" {
  const asked = storedFilter(filter, filter.finds === undefined ? [] : rows());
  if (asked === undefined) return "nobody";
  return asked.pids.length === 0 && filter.only === undefined && filter.finds !== undefined ? "many" : asked;
}

/** undefined where everything passes. `rowOf` knows processes by their keys. */
export function eventTest(filter: LogFilter, rowOf: (key: string) => ProcessRow | undefined): EventTest | undefined {
  const { only, finds, failed, error, minLength } = filter;
  const tests: EventTest[] = [];
  // The cheap ones first: it is asked of each of 100,000 events a second.
  if (failed) tests.push(({ kind, result }) => isCall(kind) && errorNumber(result) !== undefined);
  if (failed && error !== undefined) tests.push(({ result }) => result === -BigInt(error));
  if (minLength > 0n) tests.push(({ lengthBytes }) => lengthBytes >= minLength);
  if (only !== undefined) tests.push((event) => keyOf(event) === only);
  if (finds !== undefined) tests.push(processTest(finds, rowOf));
  return tests.length === 0 ? undefined : (event) => tests.every((passes) => passes(event));
}

/** The same for what is stored; undefined where nothing can pass. `rows` are those that there were. */
export function storedFilter({ only, finds, failed, minLength }: LogFilter, rows: Iterable<ProcessRow>): StoredFilter | undefined {
  const found = only !== undefined ? [Number(only.split(":")[0])] : finds && [...rows].filter(finds).map(({ pid }) => pid);
  if (found?.length === 0) return undefined;
  const pids = [...new Set(found)];
  return {
    // Of more processes than can be named all are asked for, and looked through here.
    pids: pids.length > maxPids ? [] : pids,
    outcome: failed ? EventOutcome.FAILED : EventOutcome.UNSPECIFIED,
    minLengthBytes: minLength,
  };
}

/** Answers from what it knows of the process; one that was told of by an event alone is found by name and id. */
function processTest(finds: (process: Searched) => boolean, rowOf: (key: string) => ProcessRow | undefined): EventTest {
  const latest = new Map<number, { startNs: bigint; key: string; row: ProcessRow | undefined; found: boolean }>();
  return (event) => {
    let known = latest.get(event.pid);
    if (known?.startNs !== event.startNs) {
      latest.set(event.pid, (known = { startNs: event.startNs, key: keyOf(event), row: undefined, found: false }));
    }
    const row = rowOf(known.key);
    if (row === undefined) return finds(unlisted(event));
    // A row is another one when anything of it has changed.
    if (row !== known.row) {
      known.row = row;
      known.found = finds(row);
    }
    return known.found;
  };
}

/** Its user is not among what the page asks for of events, and is nobody's. */
function unlisted({ pid, processName }: Event): Searched {
  return { pid, name: processName, commandLine: "", uid: undefined, userName: "", container: undefined };
}
