// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { type AlertFacts, type AlertRule, AlertWatch, formatRules, namesLike, parseRules } from "@/domain/alerts";
import { ruleText } from "@/domain/alarmText";
import { createFormats } from "@/domain/format";
import type { ProcessRow } from "@/domain/process";
import { createTranslator, loadLanguage, withDetails } from "@/i18n";
import { row } from "../builders";

const nothing: AlertFacts = { growth: () => 0, isJustMet: () => false };
const held = (bytes: bigint, pattern = ""): AlertRule => ({ id: "h", kind: "held", bytes, pattern });

/** One process through time, a look a second: the seconds at which it is told. */
function told(rule: AlertRule, values: readonly bigint[], everyMs = 1_000): number[] {
  const watch = new AlertWatch();
  watch.look([rule], [], nothing, -everyMs);
  return values.flatMap((value, i) => {
    const facts = { ...nothing, growth: () => Number(value) };
    return watch.look([rule], [row(1, { held: value })], facts, i * everyMs).map(() => i);
  });
}

describe("a limit", () => {
  it("is told of once, when it is passed", () => {
    expect(told(held(100n), [50n, 100n, 101n, 150n, 200n])).toEqual([2]);
    expect(told({ id: "g", kind: "growth", bytes: 100n, pattern: "" }, [0n, 99n, 300n, 400n])).toEqual([2]);
  });

  it("is not told of again while the figure wavers around it", () => {
    const wavering = Array.from({ length: 600 }, (_, i) => (i % 2 === 0 ? 101n : 95n));
    expect(told(held(100n), wavering)).toEqual([0]);
  });

  it("is told of again after it fell well below, a minute later at the soonest", () => {
    expect(told(held(100n), [101n, 10n, 101n, 10n, 101n])).toEqual([0]);
    expect(told(held(100n), [101n, 10n, 101n, 101n], 60_000)).toEqual([0, 2]);
  });

  it("is told of again though the wall's clock was put back", () => {
    const watch = new AlertWatch();
    const hourMs = 3_600_000;
    const look = (value: bigint, nowMs: number, steadyMs: number) => watch.look([held(100n)], [row(1, { held: value })], nothing, nowMs, steadyMs).map(({ atMs }) => atMs);
    expect(look(101n, 2 * hourMs, 0)).toEqual([2 * hourMs]);
    expect(look(10n, hourMs, 1_000)).toEqual([]);
    expect(look(101n, hourMs + 70_000, 71_000)).toEqual([hourMs + 70_000]);
  });

  it("that was passed before anybody looked is told of as that", () => {
    const watch = new AlertWatch();
    const [alarm] = watch.look([held(100n)], [row(1, { held: 500n })], nothing, 0);
    expect(alarm).toMatchObject({ already: true, bytes: 500n });
    const [later] = watch.look([held(100n)], [row(1, { held: 500n }), row(2, { held: 101n })], nothing, 1_000);
    expect(later).toMatchObject({ pid: 2, already: false });
  });

  it("keeps the most that it came to", () => {
    const watch = new AlertWatch();
    for (const value of [101n, 900n, 300n]) watch.look([held(100n)], [row(1, { held: value })], nothing, 0);
    expect(watch.alarms.map(({ bytes }) => bytes)).toEqual([900n]);
  });

  it("says where the figure may be late", () => {
    const watch = new AlertWatch();
    const [alarm] = watch.look([held(100n)], [row(1, { held: 101n, uncertain: true })], nothing, 0);
    expect(alarm?.uncertain).toBe(true);
  });

  it("is of living processes, and of those of the name", () => {
    const watch = new AlertWatch();
    const rows = [row(1, { name: "java", held: 200n }), row(2, { name: "java", held: 200n, ended: true }), row(3, { held: 200n })];
    expect(watch.look([held(100n, "JAV*")], rows, nothing, 0).map(({ pid }) => pid)).toEqual([1]);
  });

  it("is forgotten with the rule, but not while a snapshot leaves the process out for a moment", () => {
    const watch = new AlertWatch();
    const over = [row(1, { held: 200n })];
    expect(watch.look([held(100n)], over, nothing, 0)).toHaveLength(1);
    for (let i = 0; i < 5; i++) watch.look([held(100n)], [], nothing, 100_000);
    expect(watch.look([held(100n)], over, nothing, 200_000)).toHaveLength(0);
    watch.look([], over, nothing, 201_000);
    expect(watch.look([held(100n)], over, nothing, 202_000)).toHaveLength(1);
  });
});

describe("ENOMEM", () => {
  const rule: AlertRule = { id: "e", kind: "noMemory", bytes: 0n, pattern: "" };
  const failed = (pid: number, count: number, what: Partial<ProcessRow> = {}) => row(pid, { noMemoryCount: BigInt(count), noMemoryLargest: 64n, ...what });
  const justMet: AlertFacts = { ...nothing, isJustMet: () => true };

  it("is told of when it comes, and counted while it goes on", () => {
    const watch = new AlertWatch();
    watch.look([rule], [row(1)], nothing, 0);
    expect(watch.look([rule], [failed(1, 2)], nothing, 1_000)).toMatchObject([{ count: 2, bytes: 64n }]);
    expect(watch.look([rule], [failed(1, 5, { noMemoryLargest: 99n })], nothing, 30_000)).toEqual([]);
    expect(watch.alarms).toMatchObject([{ count: 5, bytes: 99n }]);
    expect(watch.look([rule], [failed(1, 5)], nothing, 200_000)).toEqual([]);
    expect(watch.look([rule], [failed(1, 6)], nothing, 200_000)).toMatchObject([{ count: 1 }]);
    expect(watch.alarms).toHaveLength(2);
  });

  it("of before the rule is not told, of a process that is new it is", () => {
    const watch = new AlertWatch();
    expect(watch.look([rule], [failed(1, 7)], nothing, 0)).toEqual([]);
    expect(watch.look([rule], [failed(1, 7), failed(2, 7)], nothing, 1_000)).toMatchObject([{ pid: 2, count: 7 }]);
  });

  it("of before the page met the process is not told, though it meets it late; what fails then is", () => {
    const watch = new AlertWatch();
    watch.look([rule], [], nothing, 0);
    expect(watch.look([rule], [failed(1, 7)], justMet, 1_000)).toEqual([]);
    expect(watch.look([rule], [failed(1, 9)], nothing, 2_000)).toMatchObject([{ count: 2 }]);
  });

  it("of what the process ran before is not told of what it runs now", () => {
    const watch = new AlertWatch();
    const java = { ...rule, pattern: "java" };
    watch.look([java], [row(1, { name: "bash" })], nothing, 0);
    expect(watch.look([java], [failed(1, 3, { name: "bash" })], nothing, 1_000)).toEqual([]);
    expect(watch.look([java], [failed(1, 3, { name: "java" })], nothing, 2_000)).toEqual([]);
    expect(watch.look([java], [failed(1, 4, { name: "java" })], nothing, 3_000)).toMatchObject([{ count: 1 }]);
  });

  it("is told of again in a capture that begins anew", () => {
    const watch = new AlertWatch();
    watch.look([rule], [failed(1, 7)], nothing, 0);
    expect(watch.look([rule], [row(1)], nothing, 100_000)).toEqual([]);
    expect(watch.look([rule], [failed(1, 2)], nothing, 200_000)).toMatchObject([{ count: 2 }]);
  });

  it("was counted: a loss does not make it doubtful", () => {
    const watch = new AlertWatch();
    watch.look([rule], [], nothing, 0);
    expect(watch.look([rule], [failed(1, 1, { uncertain: true })], nothing, 1_000)).toMatchObject([{ uncertain: false }]);
  });
});

describe("many alarms", () => {
  it("do not grow without end", () => {
    const watch = new AlertWatch();
    watch.look([held(0n)], Array.from({ length: 5_000 }, (_, i) => row(i + 1, { held: 1n })), nothing, 0);
    expect(watch.alarms).toHaveLength(200);
  });
});

describe("names", () => {
  it("are whole, with * and ?", () => {
    const matches = (pattern: string, name: string) => namesLike(pattern)(name);
    expect([matches("", "x"), matches("post*", "postgres"), matches("post", "postgres"), matches("p?st", "post")]).toEqual([true, true, false, true]);
    expect([matches("a.b", "axb"), matches("(", "("), matches("*", "")]).toEqual([false, true, true]);
  });
});

describe("rules", () => {
  const rules: AlertRule[] = [held(2n ** 62n, "java*"), { id: "e", kind: "noMemory", bytes: 0n, pattern: "" }];

  it("for every name are for any process, however that is written", async () => {
    const { messages } = await withDetails(await loadLanguage("en"));
    const words = { ...createTranslator("en", messages), format: { value: createFormats("en") } };
    const text = (pattern: string) => ruleText(held(1n, pattern), words);
    expect(["", "*", "**"].map(text)).toEqual(Array(3).fill("Any process holds more than 1\u00a0B"));
    expect(text("post*")).toBe("A process named post* holds more than 1\u00a0B");
  });

  it("are there at the next visit", () => {
    expect(parseRules(formatRules(rules))).toEqual(rules);
  });

  it("that are none are left out", () => {
    for (const text of [undefined, "", "{", "7", "[7, null]", '[{"id":"x","kind":"other","bytes":"1","pattern":""}]', '[{"id":"x","kind":"held","bytes":"-1","pattern":""}]']) {
      expect(parseRules(text), text).toEqual([]);
    }
  });
});
