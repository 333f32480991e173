// SPDX-License-Identifier: Apache-2.0
//
// Two ranges line by line: what differs, and how many lines are left out, on screen and on paper.

import { describe, expect, it, vi } from "vitest";
import { shallowRef } from "vue";
import ComparisonTable from "@/components/comparison/ComparisonTable.vue";
import type { ComparedLine } from "@/domain/comparison";
import { render } from "./render";

vi.mock("@/composables/useRouter", () => ({ useRouter: () => ({ range: shallowRef(), against: shallowRef() }) }));

const line = (pid: number, more: Partial<ComparedLine> = {}): ComparedLine =>
  ({ id: String(pid), key: `${pid}:1`, pid, name: `p${pid}`, requested: 1_024n, held: -512n, calls: 3, a: { requested: 2_048n, held: 0n, calls: 7 }, b: { requested: 1_024n, held: 512n, calls: 4 }, ...more }) as ComparedLine;
const table = (lines: readonly ComparedLine[], locale: "en" | "es" = "en") =>
  render(ComparisonTable, { lines, others: { a: 0n, b: 0n }, sorting: { column: "requested", descending: true } }, locale);

describe("lines of a comparison", () => {
  it("say the difference, with its sign, and both figures", async () => {
    const text = (await table([line(1)])).text.replaceAll("&nbsp;", " ").replace(/ +/g, " ");
    expect(text).toMatch(/p1 1 \+ ?1\.00 KiB 2\.00 KiB · 1\.00 KiB − ?512 B 0 B · 512 B \+3 7 · 4$/);
  });

  it("say which range alone had it, and what of it is not known", async () => {
    expect((await table([line(1, { b: undefined })])).text).toContain("only in A");
    expect((await table([line(1, { a: undefined, calls: undefined })])).text).toMatch(/only in B .*not known/);
  });

  it("say why a figure is not known, and of which range, to who points and to who listens", async () => {
    const since = { requested: undefined, held: 0n, calls: undefined, anew: true };
    const gone = { requested: 9n, held: 0n, calls: undefined, anew: false };
    const told = async (a: typeof since | typeof gone, b: typeof since | typeof gone, locale: "en" | "es" = "en") => {
      const { html, text } = await table([line(1, { requested: undefined, calls: undefined, a, b })], locale);
      return { text, titles: [...html.matchAll(/<(?:span|td)[^>]* title="([^"]*)"/g)].map(([, title]) => title) };
    };
    const anew = "Not known: memmond restarted in A, and counts from there on";
    const ended = "Not known: of what ended in B, requested bytes alone are told";
    const { text, titles } = await told(since, gone);
    expect(text.match(/Not known: memmond restarted in A, and counts/g)).toHaveLength(2);
    // Of the difference and of both figures.
    expect(titles.filter((title) => title === anew)).toHaveLength(2);
    expect(titles.filter((title) => title === `${anew}\n${ended}`)).toHaveLength(2);
    expect((await told(since, since)).text).toContain("memmond restarted in A and B, and counts");
    expect((await told(since, gone, "es")).titles).toContain("No se sabe: memmond se reinició en A y cuenta desde entonces");
    expect((await table([line(1)])).html).not.toContain("Not known");
  });

  it("say of the others what alone is told", async () => {
    const { text } = await render(ComparisonTable, { lines: [line(1)], others: { a: 5n, b: 0n }, sorting: { column: "requested", descending: true } });
    expect(text.match(/Not known: of what ended in A, requested bytes alone are told/g)).toHaveLength(2);
  });

  it("are all there, or it is said how many are not, on paper too", async () => {
    const lines = Array.from({ length: 203 }, (_, i) => line(i + 1));
    const whole = await table(lines.slice(0, 200));
    expect(whole.html.match(/data-testid="compared"/g)).toHaveLength(200);
    expect(whole.html).not.toContain("compare-unprinted");
    const part = await table(lines);
    expect(part.html.match(/data-testid="compared"/g)).toHaveLength(200);
    expect(part.text).toMatch(/Show 3 more and 3 more lines that are not printed$/);
    expect((await table(lines, "es")).text).toMatch(/3 líneas más que no se imprimen$/);
  });
});
