// SPDX-License-Identifier: Apache-2.0
//
// Two ranges of the past beside each other.

import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, type MockPage, openBrowser } from "./page";

const minute = 60_000;
const now = Math.floor(Date.now() / minute) * minute;
const iso = (ms: number) => new Date(ms).toISOString().replace(".000Z", "Z");
const address = (a: readonly [number, number], b?: readonly [number, number]) =>
  `?processes=30&rate=20#/?from=${iso(now - a[0] * minute)}&to=${iso(now - a[1] * minute)}` +
  (b === undefined ? "" : `&with=${iso(now - b[0] * minute)}/${iso(now - b[1] * minute)}`);

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const differences = (page: MockPage) =>
  page.byId("compared").evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset["requested"])));
const side = (page: MockPage, letter: string) => page.byId("comparison-totals").locator(`[data-side=${letter}]`);
const hash = (page: MockPage) => page.page.url().split("#")[1] ?? "";

describe("two ranges", () => {
  it("begin with the time right before, are in the address, and go again", async () => {
    const page = await browser.open(address([30, 20]));
    await page.byId("past-tiles").waitFor();
    const requested = await page.byId("past-requested").getAttribute("data-bytes");
    await page.byId("compare-ranges").click();
    await page.byId("comparison").waitFor();
    expect(hash(page)).toBe(address([30, 20], [40, 30]).split("#")[1]);
    expect(await side(page, "A").getAttribute("data-bytes")).toBe(requested);
    await page.byId("band-other").waitFor();
    await page.byId("compare-ranges-stop").click();
    await page.byId("past-tiles").waitFor();
    expect(hash(page)).toBe(address([30, 20]).split("#")[1]);
    await page.page.goBack();
    await page.byId("comparison").waitFor();
    await page.done();
  });

  it("are the same for whoever opens the address; what differs most stands first, either way", async () => {
    const page = await browser.open(address([30, 20], [120, 110]));
    await page.byId("compared").first().waitFor();
    const down = await differences(page);
    expect(down.length).toBeGreaterThan(5);
    expect(down).toEqual([...down].sort((a, b) => b - a));
    // The lines and the others are the difference of the wholes.
    const whole = async (letter: string) => BigInt((await side(page, letter).getAttribute("data-bytes")) ?? "");
    const sum = down.reduce((bytes, line) => bytes + line, 0);
    expect(Number((await whole("A")) - (await whole("B")))).toBe(sum);
    await page.byId("compare-sort-requested").click();
    await expect.poll(() => differences(page)).toEqual([...down].sort((a, b) => a - b));
    await page.byId("comparison-grouping").locator("[data-value=program]").click();
    const names = await page.byId("compared").evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset["name"]));
    expect(new Set(names).size).toBe(names.length);
    expect(hash(page)).toMatch(/&with=[^&]+&compare=program&order=requested$/);
    await page.page.reload();
    await page.byId("compared").first().waitFor();
    expect(await page.byId("comparison-grouping").locator("[aria-checked=true]").getAttribute("data-value")).toBe("program");
    expect(await differences(page)).toEqual((await differences(page)).sort((a, b) => a - b));
    await page.page.goBack();
    await expect.poll(() => page.byId("comparison-grouping").locator("[aria-checked=true]").getAttribute("data-value")).toBe("process");
    await page.done();
  });

  it("move one at a time, by the band's keys", async () => {
    const page = await browser.open(address([30, 20], [60, 50]));
    await page.byId("comparison").waitFor();
    await page.byId("compare-side").locator("[data-value=b]").click();
    await page.byId("range-to").focus();
    await page.press("Shift+ArrowRight");
    await expect.poll(() => hash(page)).toContain(`with=${iso(now - 59 * minute)}/${iso(now - 49 * minute)}`);
    expect(hash(page)).toContain(`from=${iso(now - 30 * minute)}`);
    await page.done();
  });

  it("say where events were lost, and that one is longer", async () => {
    const page = await browser.open(address([40, 15], [15, 5]));
    await page.byId("comparison").waitFor();
    const lost = await page.byId("comparison-lost").evaluateAll((parts) => parts.map((part) => (part as HTMLElement).dataset["lost"]));
    expect(lost).toEqual(["312", "0"]);
    expect(await page.byId("comparison-doubt").allInnerTexts()).toEqual(["A and B are not equally long: compare what was requested per second."]);
    await page.done();
  });

  it("are saved with both times and what was lost", async () => {
    const page = await browser.open(address([40, 15], [70, 45]));
    await page.byId("compared").first().waitFor();
    const count = await page.byId("compared").count();
    const [first] = await differences(page);
    await page.byId("comparison-export").getByTestId("export-button").click();
    const [download] = await Promise.all([page.page.waitForEvent("download"), page.page.locator("[data-format=json]").click()]);
    const saved = JSON.parse(await readFile(await download.path(), "utf8")) as Record<string, unknown> & { comparison: Record<string, unknown>[] };
    expect(saved).toMatchObject({ host: "ceiba", from_time: new Date(now - 40 * minute).toISOString(), lost_records: 312, unrecorded_seconds: 0 });
    expect(saved.comparison).toHaveLength(count);
    expect(saved.comparison[0]).toMatchObject({
      requested_difference_bytes: first,
      b_from_time: new Date(now - 70 * minute).toISOString(),
      b_lost_records: 0,
      b_unrecorded_seconds: 0,
    });
    await page.done();
  });

  it("have no lines where nothing is stored of one of them", async () => {
    const open = (a: [number, number], b: [number, number]) => browser.open(address(a, b).replace("?", "?scene=stopped&"));
    for (const [a, b, side] of [[[10, 5], [60, 55], "A"], [[60, 55], [10, 5], "B"]] as const) {
      const page = await open([...a], [...b]);
      const lost = page.page.locator(`[data-side=${side}]`).getByTestId("comparison-lost");
      await expect.poll(() => lost.innerText()).toMatch(/^Nothing of this range is stored/);
      expect(await page.byId("comparison").count()).toBe(0);
      await page.done();
    }
    const page = await open([90, 80], [60, 50]);
    await page.byId("compared").first().waitFor();
    await page.done();
  });

  it("say why there is nothing to compare", async () => {
    const page = await browser.open(address([30, 20], [60, 50]).replace("?", "?scene=down&"));
    await page.byId("history-notice").waitFor();
    expect(await page.byId("history-notice").getAttribute("data-kind")).toBe("down");
    await page.done();
  });
});
