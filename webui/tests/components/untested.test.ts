// SPDX-License-Identifier: Apache-2.0
//
// No component without a test of its own: one in this folder that imports it. The browser's tests see
// all of them at once, and seldom what one does in a state that is rare.

import { readFile, readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";

const source = new URL("../../src/", import.meta.url);
const here = new URL("./", import.meta.url);

/** From before there was this test. It may only become shorter: who writes a test takes its name away. */
const untested: readonly string[] = [
  "charts/SharePie.vue",
  "charts/TimeChart.vue",
  "components/AccessNotice.vue",
  "components/ActivityBand.vue",
  "components/AddressMap.vue",
  "components/AddressParts.vue",
  "components/AlertForm.vue",
  "components/AlertsDialog.vue",
  "components/AppIcon.vue",
  "components/BaseDialog.vue",
  "components/CompareChooser.vue",
  "components/CompareRanges.vue",
  "components/ComparisonTable.vue",
  "components/ExportMenu.vue",
  "components/GrowthNote.vue",
  "components/HeaderTools.vue",
  "components/HintBubble.vue",
  "components/HistoryNotice.vue",
  "components/LifetimeLink.vue",
  "components/LogRow.vue",
  "components/PastFigures.vue",
  "components/PrintNote.vue",
  "components/ProcessCourse.vue",
  "components/ProcessExport.vue",
  "components/ProcessFacts.vue",
  "components/ProcessLinks.vue",
  "components/ProcessSearch.vue",
  "components/ProcessTable.vue",
  "components/ProcessTableBar.vue",
  "components/ProcessTableHead.vue",
  "components/RangeForm.vue",
  "components/RequestLog.vue",
  "components/SharePanel.vue",
  "components/ShareTable.vue",
  "components/StatTiles.vue",
  "components/StoredLogEnd.vue",
  "components/TokenDialog.vue",
  "components/WelcomeNote.vue",
  "views/ComparisonView.vue",
  "views/DashboardView.vue",
  "views/PastProcessView.vue",
  "views/ProcessView.vue",
];

async function components(): Promise<string[]> {
  const folders = ["charts", "components", "views"];
  const names = await Promise.all(
    folders.map(async (folder) => (await readdir(new URL(`${folder}/`, source))).filter((name) => name.endsWith(".vue")).map((name) => `${folder}/${name}`)),
  );
  return names.flat().sort();
}

async function tested(): Promise<Set<string>> {
  const files = (await readdir(here)).filter((name) => name.endsWith(".test.ts"));
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, here), "utf8")));
  return new Set(texts.flatMap((text) => [...text.matchAll(/^import \w+ from "@\/([\w/]+\.vue)";$/gm)].map(([, path = ""]) => path)));
}

describe("every component", () => {
  it("has a test of its own, but for those that had none", async () => {
    const known = await tested();
    expect(known.size).toBeGreaterThan(0);
    expect((await components()).filter((name) => !known.has(name) && !untested.includes(name))).toEqual([]);
  });

  it("that has one now, or is no more, is no exception any more", async () => {
    const [all, known] = [await components(), await tested()];
    expect(untested.filter((name) => known.has(name) || !all.includes(name))).toEqual([]);
    expect([...untested].sort()).toEqual(untested);
  });
});
