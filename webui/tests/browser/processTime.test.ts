// SPDX-License-Identifier: Apache-2.0
//
// A process through time: what is stored of it, its marks, and what it is compared with.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { banded, dragBand } from "./band";
import { type Browser, openBrowser } from "./page";
import { firstProcess } from "./state";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

describe("a process in time", () => {
  it("has a course from before the page was opened, and its range keeps the process", async () => {
    const page = await browser.open("?scene=steady&processes=12&rate=20");
    const openedMs = Date.now();
    await page.rows().first().getByTestId("process-link").click();
    await expect.poll(async () => Number(await page.byId("course").getAttribute("data-from"))).toBeLessThan(openedMs - 3_000_000);
    await expect.poll(() => page.byId("course-note").innerText()).toMatch(/^from the database until \d\d:\d\d:\d\d, then watched here$/);
    await expect.poll(() => page.byId("chart-gap").count()).toBe(2);
    const title = await page.byId("process-title").innerText();
    await banded(page);
    await dragBand(page, 0.2, 0.9);
    await page.byId("past-process-requested").waitFor();
    expect(await page.byId("process-title").innerText()).toBe(title);
    expect(await page.byId("time-chart").count()).toBe(3);
    await page.byId("back").click();
    await page.byId("past-tiles").waitFor();
    await page.done();
  });

  it("has its end marked when it is seen, which no database was asked about", async () => {
    const page = await browser.open(`?scene=ending&processes=12&rate=20#/process/${firstProcess}`);
    await expect.poll(() => page.byId("marks").locator("[data-kind=ended]").count()).toBe(1);
    await page.done();
  });

  it("is found in the database although it ended long ago, with its beginning and end", async () => {
    const page = await browser.open("?processes=12&rate=20#/process/610-80000000000000");
    await page.byId("lifetime-link").click();
    await expect.poll(() => page.byId("process-title").innerText()).toBe("cc1plus, process 610");
    await page.byId("marks").waitFor();
    const kinds = await page.byId("marks").locator("li").evaluateAll((items) => items.map((item) => (item as HTMLElement).dataset["kind"]));
    expect(kinds).toEqual(["began", "exec", "ended"]);
    await page.done();
  });

  it("is compared with a second one on the same chart, live and in a range", async () => {
    const page = await browser.open("?scene=steady&processes=12&rate=20");
    await page.rows().first().getByTestId("process-link").click();
    const other = page.byId("compare").locator("option[value*=':']").first();
    await page.byId("compare").selectOption((await other.getAttribute("value")) ?? "");
    // What of it is in RAM comes as a third, once it was watched.
    await expect.poll(() => page.byId("chart-other").count()).toBeGreaterThanOrEqual(2);
    expect(page.page.url()).toMatch(/with=\d+-\d+$/);
    await page.page.locator("[data-last='60']").click();
    await page.byId("past-process-requested").waitFor();
    await expect.poll(() => page.byId("chart-other").count()).toBe(2);
    await page.byId("compare-stop").click();
    await expect.poll(() => page.byId("chart-other").count()).toBe(0);
    await page.done();
  });

  it("is compared with itself at an earlier time, from its own page", async () => {
    const page = await browser.open("?scene=steady&processes=12&rate=20");
    await page.rows().first().getByTestId("process-link").click();
    await page.byId("compare").locator("[value=earlier]").waitFor({ state: "attached" });
    await page.byId("compare").selectOption("earlier");
    await expect.poll(() => page.byId("chart-other").count()).toBe(2);
    const { hash } = new URL(page.page.url());
    const [, from = "", , before = "", end] = /from=([^&]+)&to=([^&]+)&with=([^/]+)\/(.+)$/.exec(hash) ?? [];
    expect(end).toBe(from);
    expect(Date.parse(before)).toBeLessThan(Date.parse(from));
    expect(await page.byId("compared").innerText()).toMatch(/^compared with itself, .+ \(.+\)/);
    // The other time can be moved, as on the dashboard.
    expect(await page.byId("compare-side").count()).toBe(1);
    await page.byId("compare-stop").click();
    await expect.poll(() => page.byId("chart-other").count()).toBe(0);
    await page.page.goBack();
    await page.byId("growth").or(page.byId("course")).first().waitFor();
    await page.done();
  });
});
