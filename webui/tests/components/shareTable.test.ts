// SPDX-License-Identifier: Apache-2.0
//
// The shares as a table: who, how much, and what all others have together.

import { expect, it, vi } from "vitest";
import { ref } from "vue";
import ShareTable from "@/components/shares/ShareTable.vue";
import { type Pie, pieOf } from "@/domain/pie";
import { row } from "../builders";
import { render } from "./render";

vi.mock("@/composables/useRouter", () => ({ useRouter: () => ({ processLink: (key: string) => `#/process/${key}` }) }));
vi.mock("@/composables/useTableState", () => ({ useTableState: () => ({ chosen: ref("2:1") }) }));
vi.mock("@/composables/useShares", () => ({ othersKey: "others" }));

/** Two of three have a line; and 100 bytes are of whom nobody remembers. */
const pie = pieOf([row(1, { held: 600n }), row(2, { held: 200n }), row(3, { held: 100n })], ({ held }) => held, 1_000n, 2);
const lines = async (of: Pie, bars = false, locale: "en" | "es" = "en") => {
  const { html } = await render(ShareTable, { pie: of, looks: new Map(), bars, hovered: undefined }, locale);
  const rows = [...html.matchAll(/<tr[^>]*data-testid="pie-table-row".*?<\/tr>/gs)].map(([line]) => line);
  return { html, rows, texts: rows.map((line) => line.replace(/<[^>]+>/g, " ").replace(/&nbsp;|\s/g, " ").replace(/ +/g, " ").trim()) };
};

it("each line has a share of all, and the others' what is left of it", async () => {
  expect((await lines(pie)).texts).toEqual(["p1 1 600 B 60.0%", "p2 2 200 B 20.0%", "others 1 process 200 B 20.0%"]);
  expect((await lines(pie, false, "es")).texts[2]).toMatch(/^\S.* 1 proceso 200 B 20,0 ?%$/);
});

it("what nobody has that is known by name is of those who ended", async () => {
  expect((await lines(pieOf([row(1, { held: 600n })], ({ held }) => held, 1_000n))).texts).toEqual(["p1 1 600 B 60.0%", "others ended before 400 B 40.0%"]);
  expect((await lines(pieOf([row(1, { held: 600n })], ({ held }) => held))).texts).toEqual(["p1 1 600 B 100.0%"]);
});

it("a name leads to its process, and the one that is chosen says so", async () => {
  const { rows } = await lines(pie);
  expect(rows[0]).toContain('href="#/process/1:1"');
  expect(rows.map((line) => /aria-pressed="(\w+)"/.exec(line)?.[1])).toEqual(["false", "true", undefined]);
});

it("bars are as long as their bytes", async () => {
  const { rows } = await lines(pie, true);
  expect(rows.map((line) => Number(/width:([\d.]+)%/.exec(line)?.[1]))).toEqual([100, expect.closeTo(100 / 3), expect.closeTo(100 / 3)]);
  expect((await lines(pie)).html).not.toContain("share-bar");
});
