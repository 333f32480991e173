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

const series = new Series();
const monitor = {
  rows: shallowRef<readonly ProcessRow[]>([]),
  history: { series: () => series, unwatched: [] },
  historyVersion: ref(0),
  sinceMs: () => Date.UTC(2026, 10, 25, 3),
  unseen: shallowRef<{ readonly sinceMs: number }>(),
};
vi.mock("@/composables/useMonitor", () => ({ useMonitor: () => monitor }));
const stored = ref(false);
vi.mock("@/composables/useTimeline", () => ({ useTimeline: () => ({ stored }) }));
vi.mock("@/composables/useExport", () => ({ useExport: () => ({}) }));
vi.mock("@/components/ui/ExportMenu.vue", () => ({ default: () => null }));
vi.mock("@/domain/suspects", async (original) => ({
  ...(await original<object>()),
  rankSuspects: (rows: readonly ProcessRow[]) =>
    rows.map((each) => ({ row: each, values: [1, 2, 3], growth: 2 ** 20, perMinute: 2 ** 21, grewShare: 0.75, keptShare: 0.9, fromMs: 0, uncertain: each.uncertain })),
}));

beforeEach(() => {
  monitor.rows.value = [];
  monitor.unseen.value = undefined;
  stored.value = false;
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
    // The roles stay where blocks take a table's own away.
    for (const role of ["table", "row", "columnheader", "rowheader", "cell"]) expect(html).toContain(`role="${role}"`);
    expect(html).toContain("≈");
  });

  it("points to what grew while nobody watched, where that is stored", async () => {
    expect((await render(SuspectsDialog)).text).not.toContain("From the database");
    stored.value = true;
    const { html, text } = await render(SuspectsDialog);
    expect(text).toContain("From the database: what grew most in the last 6 hr 24 hr 7 days");
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
});
