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
  "components/alerts/AlertForm.vue",
  "components/comparison/CompareRanges.vue",
  "components/header/HeaderTools.vue",
  "components/header/PrintNote.vue",
  "components/log/RequestLog.vue",
  "components/log/StoredLogEnd.vue",
  "components/notices/TokenDialog.vue",
  "components/process/GrowthNote.vue",
  "components/process/LifetimeLink.vue",
  "components/process/ProcessCourse.vue",
  "components/process/ProcessExport.vue",
  "components/process/ProcessFacts.vue",
  "components/process/ProcessLinks.vue",
  "components/shares/SharePanel.vue",
  "components/table/ProcessSearch.vue",
  "components/table/ProcessTable.vue",
  "components/table/ProcessTableBar.vue",
  "components/table/ProcessTableHead.vue",
  "components/time/ActivityBand.vue",
  "components/time/RangeForm.vue",
  "components/ui/AppIcon.vue",
  "components/ui/BaseDialog.vue",
  "components/ui/ExportMenu.vue",
  "components/ui/HintBubble.vue",
  "views/ComparisonView.vue",
  "views/DashboardView.vue",
  "views/PastProcessView.vue",
  "views/ProcessView.vue",
];

async function components(): Promise<string[]> {
  const folders = ["charts", "components", "views"];
  const names = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(new URL(`${folder}/`, source), { recursive: true })).filter((name) => name.endsWith(".vue")).map((name) => `${folder}/${name}`),
    ),
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
