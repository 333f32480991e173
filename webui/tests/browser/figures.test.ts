// SPDX-License-Identifier: Apache-2.0
//
// Figures: what they mean, and those that are on every page.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, type MockPage, openBrowser } from "./page";

const few = "?scene=steady&processes=9&rate=200";

/** Labels of figures that do not say what they mean to who asks. What is told in a sentence does: failures, and alerts that fired. */
async function mute(page: MockPage): Promise<string[]> {
  return page.page.evaluate(() => {
    const labels = [...document.querySelectorAll("main dl.panel dt, header .rates dt, [role=columnheader] button, .log-columns.head > *, [data-testid=comparison-totals] dt, main thead th:not(:first-child, .visually-hidden *, .print-only *), td.share, dialog thead th:not(:first-child), dialog td")];
    const found = labels.filter((label) => {
      // A figure has a bubble, or a title where it stands.
      return label.closest("[title]:not([title=''])") === null && label.querySelector("[role=tooltip], [title]") === null;
    });
    // When, who, and which call are what they are.
    return found.map((label) => label.textContent ?? "").filter((text) => !["time", "process", "pid", "call"].some((name) => text === document.querySelector(`.head .${name}`)?.textContent));
  });
}

describe.each([["en-US"], ["es-ES"]])("a figure (%s)", (locale) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser({ locale });
  });
  afterAll(() => browser.close());

  it("says what it means, live, in the past and of a process", async () => {
    const page = await browser.open(few);
    await page.rows().first().waitFor();
    expect(await mute(page)).toEqual([]);
    const hint = await page.byId("event-count").evaluate((figure) => figure.closest("[title]")?.getAttribute("title"));
    expect(hint).toBe(locale === "en-US" ? "Records of all kinds since the capture began" : "Registros de todas las clases desde que empezó la captura");
    await page.byId("process-link").first().click();
    await page.byId("process-held").waitFor();
    expect(await mute(page)).toEqual([]);
    await page.page.locator("[data-last='5']").click();
    await page.byId("past-process-requested").waitFor();
    expect(await mute(page)).toEqual([]);
    await page.byId("back").click();
    await page.byId("past-tiles").waitFor();
    expect(await mute(page)).toEqual([]);
    await page.byId("compare-ranges").click();
    await page.byId("compared").first().waitFor();
    expect(await mute(page)).toEqual([]);
    expect(page.problems).toEqual([]);
    await page.page.close();
  });

  it("says what it means of growth, where its heads have no room, too", async () => {
    const page = await browser.open("?scene=leak&processes=9&rate=300");
    await page.rows().first().waitFor();
    await page.press("g");
    await page.byId("suspect").first().waitFor();
    expect(await mute(page)).toEqual([]);
    const growth = page.byId("suspect").first().locator("td").nth(2);
    expect(await growth.getAttribute("title")).toMatch(locale === "en-US" ? /than at its beginning, since [\d:]+$/ : /que al principio, desde [\d:]+$/);
    for (const width of [1440, 320]) {
      await page.page.setViewportSize({ width, height: 844 });
      const titles = await page.byId("suspect").first().locator("td[data-label]").evaluateAll((cells) => cells.map((cell) => cell.getAttribute("title")?.replace(/, (since|desde) .*/, "")));
      const told: (string | undefined)[] = [];
      await expect.poll(async () => (await page.press("i"), told.push((await page.byId("hint").allInnerTexts())[0]?.split(/\n|, (?:since|desde) /)[0]), titles.filter((title) => !told.includes(title)))).toEqual([]);
      expect(told.length).toBeLessThan(12);
      await page.press("Escape");
    }
    expect(page.problems).toEqual([]);
    await page.page.close();
  });
});

describe("what is not known yet", () => {
  it("is no figure, and is read out as that", async () => {
    const browser = await openBrowser();
    const page = await browser.open("?scene=connecting");
    await page.byId("not-told").first().waitFor();
    const places = ["header .rates", "main dl.tiles", "[data-testid=process-count]", "[data-testid=pie] + .middle, .chart .middle"];
    for (const place of places) {
      const text = await page.page.locator(place).first().textContent();
      expect(text, place).toContain("not known yet");
      expect(text, place).not.toMatch(/\d/);
    }
    expect(page.problems).toEqual([]);
    await browser.close();
  });
});

describe("how much is asked for now", () => {
  it("is told on every page, wide or narrow, and goes on while the past is looked at", async () => {
    const browser = await openBrowser({ width: 375, height: 812 });
    const page = await browser.open(few);
    const rate = async () => Number(await page.byId("event-rate").innerText());
    await expect.poll(rate).toBeGreaterThan(20);
    const wide = await page.page.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBe(375);
    await page.byId("process-link").first().click();
    await page.byId("process-title").waitFor();
    expect(await rate()).toBeGreaterThan(20);
    await page.page.locator("[data-last='5']").click();
    await page.byId("past-process-requested").waitFor();
    expect(await rate()).toBeGreaterThan(20);
    expect(await page.byId("byte-rate").innerText()).toMatch(/[KMG]iB/);
    expect(page.problems).toEqual([]);
    await browser.close();
  });
});
