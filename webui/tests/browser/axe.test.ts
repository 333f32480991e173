// SPDX-License-Identifier: Apache-2.0
//
// WCAG 2.2 AA, as far as a program can tell, in every state that the page can be in. What a
// person has to judge is in var/page afterwards: a picture of each.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AxeResults, RunOptions } from "axe-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, type Look, type MockPage, openBrowser } from "./page";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Where the pictures are. */
const pictures = fileURLToPath(new URL("../../../var/page", import.meta.url));

/** What is wrong, rule and element; nothing where nothing is. */
async function found({ page }: MockPage): Promise<string[]> {
  await page.evaluate(axe);
  const results = await page.evaluate<AxeResults>(async () => {
    const run = (window as unknown as { axe: { run: (options: RunOptions) => Promise<AxeResults> } }).axe.run;
    return run({
      resultTypes: ["violations"],
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
  });
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary ?? ""}`.replaceAll("\n", " ")),
  );
}

/** As few rows as show all that a row can be: looking at each costs the most. */
const few = "processes=9&rate=40";

/** States by name: the address, and what is done before looking. */
const states: Readonly<Record<string, readonly [address: string, act: (page: MockPage) => Promise<unknown>]>> = {
  live: [`?${few}`, (page) => page.rows().first().waitFor()],
  waiting: [`?${few}&scene=waiting`, (page) => page.byId("source-notice").waitFor()],
  failed: [`?${few}&scene=failed`, (page) => page.byId("source-notice").waitFor()],
  ended: [`?${few}&scene=ended`, (page) => page.byId("source-notice").waitFor()],
  empty: [`?${few}&scene=empty`, (page) => page.byId("table-empty").waitFor()],
  down: [`?${few}&scene=down`, (page) => page.rows().first().waitFor()],
  uncertain: [`?${few}&scene=uncertain`, (page) => page.page.locator(".mark").first().waitFor()],
  broken: [`?${few}&scene=broken`, (page) => page.page.locator("[data-state=reconnecting]").waitFor()],
  silent: [`?${few}&scene=silent`, (page) => page.page.locator("[data-state=stale]").waitFor()],
  gap: [`?${few}&scene=gap`, (page) => page.byId("log-gap").first().waitFor()],
  "a wrong expression": [`?${few}`, (page) => page.byId("search-box").fill("/(/")],
  "nothing found": [`?${few}`, (page) => page.byId("search-box").fill("nobody is called so")],
  "columns to choose": [
    "",
    async (page) => {
      await page.byId("columns-button").click();
      for (const column of ["cgroup", "requested"]) await page.page.locator(`[data-column=${column}]`).check();
    },
  ],
  "pinned and chosen": [
    "",
    async (page) => {
      await page.rows().first().waitFor();
      await page.press("j", "Space", "j", "j", "Space", "j", "l");
    },
  ],
  groups: [
    "",
    async (page) => {
      await page.arrange("program");
      await page.byId("group-row").first().click();
    },
  ],
  tree: [`?${few}`, (page) => page.arrange("tree")],
  "what to save": [`?${few}`, (page) => page.byId("table-export").getByTestId("export-button").click()],
  "bars and patterns": [
    `?${few}`,
    async (page) => {
      await page.byId("share-view").locator("[data-value=bars]").click();
      await page.byId("patterns").click();
      await page.byId("share-bar").first().waitFor();
    },
  ],
  alerts: [
    `?${few}&scene=gap`,
    async (page) => {
      await page.byId("log-gap").first().waitFor();
      await page.press("a");
      await page.byId("alert-pattern").fill("*");
      await page.byId("alert-amount").fill("0.01");
      await page.byId("alert-add").click();
      await page.byId("alarm").first().waitFor();
    },
  ],
  "alerts that ring": [
    `?${few}&scene=steady`,
    async (page) => {
      await page.press("a");
      await page.byId("alert-kind").selectOption("growth");
      await page.byId("alert-amount").fill("0.01");
      await page.byId("alert-add").click();
      await page.press("Escape");
      await page.byId("alerts-count").waitFor();
    },
  ],
  suspects: [
    "?processes=9&rate=300&scene=leak",
    async (page) => {
      await page.press("g");
      await page.byId("suspect").first().waitFor();
    },
  ],
  help: [`?${few}`, (page) => page.press("?")],
  containers: [
    "",
    async (page) => {
      await page.byId("columns-button").click();
      for (const column of ["container", "resident"]) await page.page.locator(`[data-column=${column}]`).check();
      await page.press("Escape");
      await page.arrange("container");
      await page.byId("group-row").nth(1).click();
    },
  ],
  paused: [`?${few}`, (page) => page.press("p")],
  "a process": [
    "",
    async (page) => {
      await page.rows().first().waitFor();
      await page.press("j", "Enter");
      await page.byId("sizes").locator("table").waitFor({ state: "attached" });
      await page.byId("map-names-file").click();
      await page.byId("time-chart").first().focus();
      await page.press("ArrowLeft");
    },
  ],
  "a process that memmond may not look into": [
    `?${few}&scene=coarse`,
    async (page) => {
      await page.rows().first().waitFor();
      await page.press("j", "Enter");
      await page.byId("map-coarse").waitFor();
    },
  ],
  "a hint": [
    "",
    async (page) => {
      await page.rows().first().waitFor();
      await page.press("j", "Enter");
      await page.byId("hint-button").focus();
      await page.page.getByRole("tooltip").waitFor();
    },
  ],
  "a range": [
    `?${few}`,
    async (page) => {
      await page.page.locator("[data-last='60']").click();
      await page.byId("log-row").first().waitFor();
      await page.byId("range-from").focus();
    },
  ],
  "a range of exact times, wrong": [
    `?${few}`,
    async (page) => {
      await page.byId("exact-times").click();
      await page.byId("exact-to").fill("2001-01-01T00:00:01");
    },
  ],
  "a process in a range, compared": [
    `?${few}`,
    async (page) => {
      await page.rows().first().waitFor();
      await page.press("j", "Enter");
      await page.byId("compare").selectOption({ index: 1 });
      await page.page.locator("[data-last='60']").click();
      await page.byId("past-process-requested").waitFor();
      await page.byId("log-row").first().waitFor();
    },
  ],
  "two ranges, compared": [
    `?${few}`,
    async (page) => {
      await page.page.locator("[data-last='60']").click();
      await page.byId("compare-ranges").click();
      await page.byId("compared").first().waitFor();
    },
  ],
  "no database": [`?${few}&scene=nodb`, (page) => page.byId("history-off").waitFor()],
  "a range without a database": [`?${few}&scene=nodb#/?from=1000000000000&to=1000000600000`, (page) => page.byId("history-notice").waitFor()],
  "a range while the database is down": [`?${few}&scene=down#/?from=1000000000000&to=1000000600000`, (page) => page.byId("history-notice").waitFor()],
  "a process that nobody knows": [`?${few}#/process/1-1`, (page) => page.byId("process-title").waitFor()],
};

describe.each<[string, Look]>([
  ["light, wide", {}],
  ["dark, narrow, Spanish, still", { dark: true, width: 390, height: 844, locale: "es-ES", reducedMotion: true }],
])("nothing is found: %s", (lookName, look) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(look);
  });
  afterAll(() => browser.close());

  it.each(Object.keys(states))("%s", async (name) => {
    const [address, act] = states[name] ?? ["", async () => undefined];
    const page = await browser.open(address);
    await act(page);
    await page.page.screenshot({ path: join(pictures, `${name}, ${lookName}.png`.replaceAll(/[ ,]+/g, "-")), fullPage: true });
    expect(await found(page)).toEqual([]);
    // Reflow: nobody has to scroll sideways.
    expect(await page.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    expect(page.problems).toEqual([]);
    await page.page.close();
  });
});
