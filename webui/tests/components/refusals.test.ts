// SPDX-License-Identifier: Apache-2.0
//
// Why memmond tells nothing, of the past or at all, and what to do about it.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { shallowRef } from "vue";
import AccessNotice from "@/components/notices/AccessNotice.vue";
import HistoryNotice from "@/components/notices/HistoryNotice.vue";
import type { Refusal } from "@/domain/connection";
import type { HistoryProblem } from "@/domain/historyProblem";
import type { TimeRange } from "@/domain/timeRange";
import { type Rendered, render } from "./render";

const range = shallowRef<TimeRange>();
vi.mock("@/composables/useRouter", () => ({ useRouter: () => ({ range, lookAt: () => undefined }) }));
vi.mock("@/components/notices/TokenDialog.vue", () => ({ default: () => "(its window)" }));

const history = (kind: HistoryProblem["kind"], locale: "en" | "es" = "en") => render(HistoryNotice, { problem: { kind, words: "its own words" } }, locale);
function access(refusal: Refusal, locale: "en" | "es" = "en"): Promise<Rendered> {
  vi.stubGlobal("window", { location: { hostname: "tower.lan" } });
  return render(AccessNotice, { refused: { name: "refused", refusal, words: "its own words" } }, locale);
}

beforeEach(() => {
  range.value = undefined;
});

describe("no history", () => {
  it.each([
    ["off", "No database: memmond keeps no history", false],
    ["old", "This memmond does not know history", false],
    ["down", "The database cannot be reached", true],
    ["slow", "The database took too long", true],
    ["unknown", "Nothing is stored of it", false],
    ["denied", "The past needs permission", true],
    ["other", "History cannot be shown", true],
  ] as const)("says why, and offers to try again where that can help: %s", async (kind, said, triable) => {
    const { html, text } = await history(kind);
    expect(text).toContain(said);
    expect(html).toContain('role="alert"');
    expect(html.includes("history-retry")).toBe(triable);
    // What memmond says itself is worth its room where the page knows no better.
    expect(/lang="en"[^>]*>its own words</.test(html)).toBe(["down", "denied", "other"].includes(kind));
    const spanish = (await history(kind, "es")).text;
    expect(spanish).not.toContain(said);
    expect(spanish).not.toContain("past.");
  });

  it("says how memmond is given a database", async () => {
    expect((await history("off")).text).toContain("--database=postgresql:///memmon");
    expect((await history("down")).text).not.toContain("--database");
  });

  it("leads back to what happens now, where the past is looked at", async () => {
    expect((await history("off")).html).not.toContain("history-to-live");
    range.value = { fromMs: 0, toMs: 1 };
    expect((await history("off")).html).toContain("history-to-live");
  });
});

describe("a page that is not let in", () => {
  it.each([
    ["old", "This memmond is older than its page", true],
    ["forbidden", "memmond does not let this page in", true],
    ["token", "memmond asks for its token", false],
  ] as const)("says why: %s", async (refusal, said, quoted) => {
    const { html, text } = await access(refusal);
    expect(text).toContain(said);
    expect(html).toContain(`data-refusal="${refusal}"`);
    expect(/lang="en"[^>]*>its own words</.test(html)).toBe(quoted);
    expect((await access(refusal, "es")).text).not.toContain(said);
  });

  it("says by which setting memmond lets this very address in", async () => {
    const { text } = await access("forbidden");
    expect(text).toContain("allow_host = &quot;tower.lan&quot;");
    expect(text).toContain("--allow-host=tower.lan");
    expect((await access("old")).text).not.toContain("allow");
  });

  it("asks for a token at once, and never where none helps", async () => {
    expect((await access("token")).text).toMatch(/Enter the token .*\(its window\)$/);
    for (const refusal of ["old", "forbidden"] as const) expect((await access(refusal)).text).not.toMatch(/Enter the token|\(its window\)/);
  });
});
