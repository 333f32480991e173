// SPDX-License-Identifier: Apache-2.0
//
// Growth that does not come back, as a table whose lines a narrow screen lays out as blocks.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { ref, shallowRef } from "vue";
import SuspectsDialog from "@/components/alerts/SuspectsDialog.vue";
import type { ProcessRow } from "@/domain/process";
import { Series } from "@/domain/series";
import { parseRoute } from "@/domain/route";
import { dayMs, hourMs } from "@/domain/timeRange";
import { row } from "../builders";
import { render } from "./render";

const series = new Map<string, Series>();
const none = new Series();
const monitor = {
  rows: shallowRef<readonly ProcessRow[]>([]),
  history: { series: (key: string) => series.get(key) ?? none, unwatched: [] },
  historyVersion: ref(0),
  sinceMs: () => Date.UTC(2026, 10, 25, 3),
  unseen: shallowRef<{ readonly sinceMs: number }>(),
};
vi.mock("@/composables/useMonitor", () => ({ useMonitor: () => monitor }));
const stored = ref(false);
vi.mock("@/composables/useTimeline", () => ({ useTimeline: () => ({ stored }) }));
vi.mock("@/composables/useExport", () => ({ useExport: () => ({}) }));
vi.mock("@/components/ui/ExportMenu.vue", () => ({ default: () => null }));
/** Whether who is one is found out, and not all are. */
const ranked = vi.hoisted(() => ({ really: false }));
vi.mock("@/domain/suspects", async (original) => {
  const real = await original<typeof import("@/domain/suspects")>();
  const all = (rows: readonly ProcessRow[]) =>
    rows.map((each) => ({ row: each, values: [1, 2, 3], growth: 2 ** 20, perMinute: 2 ** 21, grewShare: 0.75, keptShare: 0.9, fromMs: 0, uncertain: each.uncertain }));
  return { ...real, rankSuspects: (...given: Parameters<typeof real.rankSuspects>) => (ranked.really ? real.rankSuspects(...given) : all(given[0])) };
});

beforeEach(() => {
  monitor.rows.value = [];
  monitor.unseen.value = undefined;
  stored.value = false;
  ranked.really = false;
  vi.unstubAllGlobals();
});

describe("growth that does not come back", () => {
  it("is none where none was seen", async () => {
    expect((await render(SuspectsDialog)).text).toContain("None that this page has seen");
  });

  it("has a title at each figure, for a screen that shows no heads", async () => {
    monitor.rows.value = [row(7, { name: "node", uncertain: true })];
    const { html } = await render(SuspectsDialog);
    const cells = [...html.matchAll(/<td([^>]*)>/g)].map(([, attributes = ""]) => attributes);
    expect(cells).toHaveLength(5);
    expect(cells.slice(1).map((cell) => /data-label="([^"]+)"/.exec(cell)?.[1])).toEqual(["Per minute", "In all", "Steps that grew", "Kept"]);
    // What each means stands where one points at it.
    const heads = [...html.matchAll(/<th [^>]*columnheader[^>]*>/g)].map(([head]) => head.includes(" title="));
    expect(heads).toEqual([false, true, true, true, true, true]);
    // The roles stay where blocks take a table's own away.
    for (const role of ["table", "row", "columnheader", "rowheader", "cell"]) expect(html).toContain(`role="${role}"`);
    expect(html).toContain("≈");
  });

  it("points to what grew while nobody watched, where that is stored", async () => {
    expect((await render(SuspectsDialog)).text).not.toContain("From the database");
    stored.value = true;
    const { html, text } = await render(SuspectsDialog);
    expect(text).toContain("From the database: what grew most in the last 6 hours the last 24 hours the last 7 days");
    const links = [...html.matchAll(/href="(#[^"]+)"/g)].map(([, href = ""]) => parseRoute(href.replaceAll("&amp;", "&")));
    expect(links.map(({ range }) => range && range.toMs - range.fromMs)).toEqual([6 * hourMs, dayMs, 7 * dayMs]);
    for (const link of links) {
      const view = link.name === "dashboard" ? link.view : undefined;
      expect(view?.sorting).toEqual({ column: "trend", descending: true });
      expect(view?.columns).toContain("trend");
    }
  });

  it("says that it may not have seen all", async () => {
    expect((await render(SuspectsDialog)).text).not.toContain("may not have seen all");
    monitor.unseen.value = { sinceMs: Date.UTC(2026, 10, 25, 4) };
    expect((await render(SuspectsDialog)).text).toContain("may not have seen all");
  });

  describe("in the time that was chosen", () => {
    /** Four minutes watched, the last of them just now. */
    function watch(pid: number, name: string, mibibytes: (second: number) => number): ProcessRow {
      const one = row(pid, { name });
      const watched = new Series();
      for (let second = 0; second <= 240; second++) watched.add(Date.now() + (second - 240) * 1_000, [mibibytes(second) * 2 ** 20, 0]);
      series.set(one.key, watched);
      return one;
    }
    async function shown(chosen?: string): Promise<{ readonly span: string | undefined; readonly names: readonly (string | undefined)[] }> {
      ranked.really = true;
      monitor.rows.value = [
        watch(1, "slow", (second) => second),
        watch(2, "late", (second) => Math.max(0, second - 170) * 8),
        watch(3, "quick", (second) => second * 3),
        watch(4, "still", () => 900),
      ];
      vi.stubGlobal("localStorage", { getItem: (key: string) => (key === "memmon.suspects" ? (chosen ?? null) : null) });
      const { html } = await render(SuspectsDialog);
      return {
        span: /<button(?=[^>]*aria-checked="true")[^>]*data-value="(\w+)"/.exec(html)?.[1],
        names: [...html.matchAll(/data-testid="suspect" data-name="(\w+)"/g)].map(([, name]) => name),
      };
    }

    it("is ranked by how fast it grows, and who stands still is not among it", async () => {
      expect(await shown()).toEqual({ span: "5", names: ["quick", "slow"] });
    });

    it("is another one where less of it is looked at", async () => {
      expect(await shown("1")).toEqual({ span: "1", names: ["late", "quick", "slow"] });
    });
  });
});
