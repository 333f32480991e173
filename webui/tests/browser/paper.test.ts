// SPDX-License-Identifier: Apache-2.0
//
// What leaves the page on paper.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, type MockPage, openBrowser } from "./page";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser({ dark: true });
});
afterAll(() => browser.close());

async function open(address: string): Promise<MockPage> {
  const page = await browser.open(address);
  await page.rows().first().waitFor();
  return page;
}

describe("paper", () => {
  it("is light, has every line and no controls, and says where and when it is from", async () => {
    const page = await open("?scene=steady&processes=300&rate=20");
    expect(await page.page.evaluate(() => document.documentElement.dataset["theme"])).toBe("dark");
    // As the browser tells the page before it lays the sheets out.
    await page.page.emulateMedia({ media: "print" });
    await page.page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    const table = page.byId("print-table");
    expect(await table.locator("tbody tr").count()).toBeGreaterThanOrEqual(300);
    expect(await table.locator("thead").evaluate((head) => getComputedStyle(head).display)).toBe("table-header-group");
    expect(await page.page.evaluate(() => document.documentElement.dataset["theme"])).toBe("light");
    expect(await page.byId("print-note").innerText()).toMatch(/ceiba · 6\.1\.0-56-amd64 · .*2\d{3}/);
    for (const id of ["process-scroller", "columns-button", "search-box", "help-button", "pause-button"]) {
      expect(await page.byId(id).isVisible(), id).toBe(false);
    }
    await page.page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
    await expect.poll(() => table.count()).toBe(0);
    await page.done();
  });

  it.each([
    ["a process", ["course", "sizes", "calls", "address-map"]],
    ["the past", ["past-note", "past-tiles", "print-table"]],
    ["a process's past", ["past-process-requested", "course"]],
    ["two ranges, compared", ["comparison-totals", "comparison", "compared"]],
  ] as const)("has all of %s, and no controls", async (what, parts) => {
    const page = await open("?scene=steady&processes=12&rate=100");
    if (what.includes("process")) await page.byId("process-link").first().click();
    if (what !== "a process") await page.page.locator("[data-last='60']").click();
    if (what.startsWith("two")) await page.byId("compare-ranges").click();
    const shown = parts.filter((part) => part !== "print-table");
    for (const part of shown) await page.byId(part).first().waitFor();
    await page.page.emulateMedia({ media: "print" });
    await page.page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    for (const part of parts) await page.byId(part).first().waitFor();
    expect(await page.byId("print-note").innerText()).toMatch(/ceiba · 6\.1\.0-56-amd64 · .*2\d{3}/);
    expect(await page.page.evaluate(() => document.documentElement.dataset["theme"])).toBe("light");
    // Why a call failed is asked for by a button on screen, whose words are a row's as any.
    expect(await page.page.locator("main :is(:not(th, td) > button:not([data-testid=log-why]), select, input, .segments):visible").evaluateAll((all) => all.map((one) => one.outerHTML.slice(0, 160)))).toEqual([]);
    // No line is on the sheet beside it.
    expect(await page.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    // Of a log that goes on, that it does.
    if (what.endsWith("past")) expect(await page.byId("log-end").innerText()).toMatch(/^Older ones are not printed\.$|^That is all/);
    await page.done();
  });

  it("takes as many sheets as it needs, none of them for what scrolls", async () => {
    const page = await open("?scene=steady&processes=120&rate=300");
    await expect.poll(() => page.byId("log-row").count()).toBeGreaterThan(10);
    const pdf = (await page.page.pdf({ format: "A4" })).toString("latin1");
    const sheets = [...pdf.matchAll(/\/Type\s*\/Page\b/g)].length;
    expect(sheets).toBeGreaterThanOrEqual(3);
    expect(sheets).toBeLessThanOrEqual(7);
    await page.done();
  });
});
