// SPDX-License-Identifier: Apache-2.0
//
// A process's page of a range of the past: as it was then, and as far as that is stored.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, openBrowser } from "./page";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

describe("a process in a range", () => {
  it("lives in a range that ended before it did, and is told of as of the past", async () => {
    const page = await browser.open("?processes=12&rate=20#/process/610-80000000000000");
    await page.byId("lifetime-link").click();
    await expect.poll(() => page.byId("process-end").count()).toBe(1);
    const [fromMs = 0, toMs = 0] = ["from", "to"].map((end) => Date.parse(new URLSearchParams(page.page.url().split("?").at(-1)).get(end) ?? ""));
    const early = await browser.open(`?processes=12&rate=20#/process/610-80000000000000?from=${fromMs}&to=${(fromMs + toMs) / 2}`);
    await early.byId("past-process-requested").waitFor();
    expect(await early.byId("process-end").count()).toBe(0);
    expect(await early.page.locator(".head").first().innerText()).not.toContain("ended");
    expect(await early.page.locator(".figures").innerText()).not.toContain("at the end");
    expect(await page.page.locator(".figures").innerText()).toContain("Held at the end");
    const labels = await early.byId("time-chart").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
    expect(labels[0]).toMatch(/^Held in the range: last .*, highest /);
    expect(labels.join()).not.toContain("now");
    await early.done();
    await page.done();
  });

  it("is not drawn where nothing is stored yet, and read as not known", async () => {
    // Over before the page is opened: nobody ends in it.
    const toMs = Math.floor(Date.now() / 1_000) * 1_000 - 60_000;
    const page = await browser.open(`?scene=stopped&processes=12&rate=20#/?from=${toMs - 3_600_000}&to=${toMs}`);
    await page.rows().first().getByTestId("process-link").click();
    await page.byId("past-process-requested").waitFor();
    const chart = page.byId("time-chart").first();
    await chart.focus();
    await page.press("End");
    await expect.poll(() => chart.getAttribute("aria-valuetext")).toMatch(/ · not known$/);
    await page.press("Home", ...Array.from({ length: 30 }, () => "ArrowRight"));
    await expect.poll(() => chart.getAttribute("aria-valuetext")).toMatch(/ · [\d.,]+\s[KMGT]?i?B$/);
    await page.done();
  });
});
