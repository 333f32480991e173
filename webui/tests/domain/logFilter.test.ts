// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { EventKind, EventOutcome } from "@/gen/memmon/v1/event_pb";
import { errnoName, errnoNumber, errnos } from "@/domain/errno";
import { type LogFilter, askedFilter, eventTest, passesAll, storedFilter } from "@/domain/logFilter";
import type { ProcessRow } from "@/domain/process";
import { parseSearch } from "@/domain/search";
import { event, row } from "../builders";

const all: LogFilter = { only: undefined, finds: undefined, failed: false, minLength: 0n };
const nobody = () => undefined;

function finds(text: string): LogFilter {
  const search = parseSearch(text);
  if (!search.valid) throw new Error(search.reason);
  return { ...all, finds: search.matches };
}

describe("a filter of the log", () => {
  it("that lets everything pass is none", () => expect(eventTest(all, nobody)).toBeUndefined());

  it("passes failed calls, and nothing that is no call", () => {
    const passes = eventTest({ ...all, failed: true }, nobody);
    expect(passes?.(event({ result: -12n }))).toBe(true);
    expect(passes?.(event({ result: 0x7f00_0000_0000n }))).toBe(false);
    expect(passes?.(event({ kind: EventKind.FORK, result: -12n }))).toBe(false);
  });

  it("passes calls with the one error that is asked for, out of all that failed", () => {
    const passes = eventTest({ ...all, failed: true, error: 12 }, nobody);
    expect([-12n, -22n, 0n].map((result) => passes?.(event({ result })))).toEqual([true, false, false]);
    expect(passes?.(event({ kind: EventKind.FORK, result: -12n }))).toBe(false);
    // The service narrows as far as it can: what failed.
    expect(askedFilter({ ...all, failed: true, error: 12 }, () => [])).toEqual({ pids: [], outcome: EventOutcome.FAILED, minLengthBytes: 0n });
    expect(errnos.map(errnoNumber).map(errnoName)).toEqual(errnos);
  });

  it("passes what is as large, or larger", () => {
    const passes = eventTest({ ...all, minLength: 4_096n }, nobody);
    expect([4_095n, 4_096n, 1n << 60n].map((lengthBytes) => passes?.(event({ lengthBytes })))).toEqual([false, true, true]);
  });

  it("tells a process from another one that had the same id", () => {
    const passes = eventTest({ ...all, only: "1:1" }, nobody);
    expect([1n, 2n].map((startNs) => passes?.(event({ pid: 1, startNs })))).toEqual([true, false]);
  });

  it("joins all that was chosen", () => {
    const passes = eventTest({ ...all, failed: true, minLength: 4_096n }, nobody);
    expect(passes?.(event({ result: -12n, lengthBytes: 1n }))).toBe(false);
    expect(passes?.(event({ result: -12n, lengthBytes: 4_096n }))).toBe(true);
  });

  it("finds what the table does, by what is known of the process now", () => {
    const rows = new Map<string, ProcessRow>([["3:1", row(3, { container: "web" })]]);
    const passes = eventTest(finds("container:web"), (key) => rows.get(key));
    expect(passes?.(event({ pid: 3, startNs: 1n }))).toBe(true);
    expect(passes?.(event({ pid: 3, startNs: 2n }))).toBe(false);
    rows.set("3:1", row(3, { container: "db" }));
    expect(passes?.(event({ pid: 3, startNs: 1n }))).toBe(false);
  });

  it("finds who is told of by an event alone by name, and is nobody's", () => {
    expect(eventTest(finds("fire"), nobody)?.(event({ processName: "firefox" }))).toBe(true);
    expect(eventTest(finds("user:0"), nobody)?.(event({ processName: "firefox" }))).toBe(false);
  });
});

describe("a filter of what is stored", () => {
  const rows = [row(1, { name: "firefox" }), row(2, { name: "bash" }), row(1, { key: "1:9", startNs: 9n, name: "firefox" })];

  it("asks for what there may be", () => {
    expect(storedFilter(all, rows)).toEqual({ pids: [], outcome: EventOutcome.UNSPECIFIED, minLengthBytes: 0n });
    expect(storedFilter({ ...all, only: "7:70", failed: true, minLength: 9n }, rows)).toEqual({ pids: [7], outcome: EventOutcome.FAILED, minLengthBytes: 9n });
    expect(storedFilter(finds("fire"), rows)?.pids).toEqual([1]);
  });

  it("asks for nothing where nobody is found, rather than for all", () => expect(storedFilter(finds("nginx"), rows)).toBeUndefined());

  it("asks for all where more are found than can be named", () => {
    const many = Array.from({ length: 1_001 }, (_, pid) => row(pid));
    expect(storedFilter(finds("p"), many)?.pids).toEqual([]);
    expect(storedFilter(finds("p"), many.slice(1))?.pids).toHaveLength(1_000);
  });
});

describe("a stream of what passes", () => {
  const rows = [row(1, { name: "firefox" }), row(2, { name: "bash" })];

  it("is not asked for where everything passes", () => {
    expect([all, { ...all, only: "1:1" }, { ...all, failed: true }, { ...all, minLength: 1n }, finds("x")].map(passesAll)).toEqual([true, false, false, false, false]);
  });

  it("is of those that are found, and says why it cannot be", () => {
    expect(askedFilter(finds("fire"), () => rows)).toMatchObject({ pids: [1] });
    expect(askedFilter({ ...all, only: "7:70" }, () => rows)).toMatchObject({ pids: [7] });
    expect(askedFilter({ ...all, failed: true }, () => rows)).toMatchObject({ pids: [], outcome: EventOutcome.FAILED });
    expect(askedFilter(finds("nginx"), () => rows)).toBe("nobody");
    expect(askedFilter(finds("p"), () => Array.from({ length: 1_001 }, (_, pid) => row(pid)))).toBe("many");
    // Of whom is known without looking at anybody.
    expect(askedFilter({ ...all, failed: true }, () => { throw new Error("looked"); })).toMatchObject({ pids: [] });
  });
});
