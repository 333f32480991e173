// SPDX-License-Identifier: Apache-2.0
//
// What the band of time says of its moments.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, type MockPage, openBrowser } from "./page";
import { zoneAtHour } from "./zone";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const marks = (page: MockPage) => page.byId("band-mark").evaluateAll((all) => all.map((mark) => mark.textContent ?? ""));

describe("marks of life", () => {
  it("say on the band where processes begin and end", async () => {
    const page = await browser.open("?processes=30&rate=400");
    // One began within the hour before; others begin and end under the page's eyes.
    await expect.poll(async () => (await marks(page)).some((text) => /^\d\d:\d\d:\d\d · \S.* begins$/.test(text))).toBe(true);
    await expect.poll(async () => (await marks(page)).some((text) => /\d process(es)? begins?, .*\d ends?$/.test(text)), { timeout: 30_000 }).toBe(true);
    await page.done();
  });
});

describe("after midnight", () => {
  it("has the day at what happened before it, on the band and on a course", async () => {
    const night = await openBrowser({ zone: zoneAtHour(0) });
    try {
      // Of a whole day: what began within the hour is of today once that is nearly over.
      let page = await night.open("?processes=30&rate=400#/?band=day");
      const yesterday = /^[A-Z][a-z]{2} \d{1,2},( \d{4},)? \d\d:\d\d:\d\d · \S.* begins$/;
      await expect.poll(() => marks(page)).toContainEqual(expect.stringMatching(yesterday));
      await page.done();
      page = await night.open("?scene=steady&processes=4&rate=400#/?band=day");
      await page.byId("process-link").first().click();
      const course = page.byId("time-chart").first();
      // Until what is stored has come, it begins when the page did.
      await expect.poll(async () => Date.now() - Number(await page.byId("course").getAttribute("data-from"))).toBeGreaterThan(3_500_000);
      await course.focus();
      await page.press("Home");
      await expect.poll(() => course.getAttribute("aria-valuetext")).toMatch(/^[A-Z][a-z]{2} \d{1,2},( \d{4},)? \d\d:\d\d:\d\d · .+\s([KMG]i)?B$/);
      await page.press("End");
      await expect.poll(() => course.getAttribute("aria-valuetext")).toMatch(/^\d\d:\d\d:\d\d · /);
      await page.done();
    } finally {
      await night.close();
    }
  });
});
