// SPDX-License-Identifier: Apache-2.0
//
// The rows of the log where its columns stand over each other, and where they hardly can.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, openBrowser } from "./page";

describe("a narrow row", () => {
  it("has no line for flags where there are none, and follows the one before", async () => {
    const browser = await openBrowser({ width: 412, height: 812 });
    const page = await browser.open("?scene=steady&processes=9&rate=200");
    const look = () =>
      page.byId("log-row").evaluateAll((found) =>
        found
          .map((row) => {
            const { top, bottom, height } = row.getBoundingClientRect();
            const lowest = Math.max(...[...row.children].filter(({ textContent }) => textContent).map((cell) => cell.getBoundingClientRect().bottom));
            return { top, bottom, height, flags: row.querySelector(".flags")?.textContent !== "", room: bottom - lowest };
          })
          .sort((a, b) => a.top - b.top),
      );
    // Some of both kinds at once.
    let rows = await look();
    await expect.poll(async () => new Set((rows = await look()).map(({ flags }) => flags)).size).toBe(2);
    for (const { height, flags, room } of rows) {
      expect(height).toBe(flags ? 60 : 43);
      expect(room).toBeGreaterThanOrEqual(0);
      expect(room).toBeLessThan(10);
    }
    rows.slice(1).forEach(({ top }, i) => expect(top).toBeCloseTo(rows[i]?.bottom ?? 0));
    expect(page.problems).toEqual([]);
    await browser.close();
  });
});

describe.each([["en-US"], ["es-ES"]])("the narrowest row (%s)", (locale) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser({ width: 320, height: 844, locale });
  });
  afterAll(() => browser.close());

  it.each([
    ["as it is", ""],
    // WCAG 1.4.12, as a reader's own style sheet does.
    ["with its text spaced", "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }"],
  ])("has room for the whole name of a process, and its cells lie beside each other, %s", async (_, spacing) => {
    const page = await browser.open("?scene=steady&processes=30&rate=200");
    await page.byId("log-row").first().waitFor();
    await page.page.evaluate((text) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      document.adoptedStyleSheets = [sheet];
    }, spacing);
    // A failed one is there, too: it has a line more.
    await page.page.waitForFunction(() => document.querySelector("[data-testid=log-why]") !== null);
    await page.press("p");
    await page.byId("log-row").first().scrollIntoViewIfNeeded();
    const rows = await page.byId("log-row").evaluateAll((found) =>
      found.map((row) => {
        const { bottom, left, right } = row.getBoundingClientRect();
        /** Where a cell's text is seen. */
        const places = [...row.querySelectorAll("[role=cell]")]
          .filter((cell) => cell.checkVisibility() && cell.textContent !== "")
          .map((cell) => {
            const text = document.createRange();
            text.selectNodeContents(cell);
            const [inner, box] = [text.getBoundingClientRect(), cell.getBoundingClientRect()];
            const cut = getComputedStyle(cell).overflowX === "hidden";
            return { left: inner.left, right: cut ? Math.min(inner.right, box.right) : inner.right, top: box.top, bottom: box.bottom };
          });
        const onEachOther = places.flatMap((a, i) =>
          places.slice(i + 1).filter((b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3),
        ).length;
        const name = row.querySelector<HTMLElement>(".process .ellipsis");
        return {
          name: name?.textContent ?? "",
          cut: (name?.scrollWidth ?? 0) - (name?.clientWidth ?? 0),
          onEachOther,
          outside: places.filter((place) => place.left < left || place.right > right + 1 || place.bottom > bottom + 1).length,
        };
      }),
    );
    expect(rows.length).toBeGreaterThan(5);
    expect(Math.max(...rows.map(({ name }) => name.length))).toBeGreaterThan(7);
    expect(rows.filter(({ cut, onEachOther, outside }) => cut > 0 || onEachOther > 0 || outside > 0)).toEqual([]);
    expect(page.problems).toEqual([]);
    await page.page.close();
  });

  it("follows the one before, as high as its lines", async () => {
    const page = await browser.open("?scene=steady&processes=9&rate=200");
    await page.byId("log-row").first().waitFor();
    const look = () =>
      page.byId("log-row").evaluateAll((found) =>
        found
          .map((row) => {
            const { top, bottom, height } = row.getBoundingClientRect();
            const lowest = Math.max(...[...row.querySelectorAll("[role=cell]")].filter((cell) => cell.checkVisibility() && cell.textContent !== "").map((cell) => cell.getBoundingClientRect().bottom));
            return { top, bottom, height, room: bottom - lowest };
          })
          .sort((a, b) => a.top - b.top),
      );
    // Of an unmapping, of a mapping, and of one that failed.
    let rows = await look();
    await expect.poll(async () => new Set((rows = await look()).map(({ height }) => height)).size).toBeGreaterThan(1);
    for (const { height, room } of rows) {
      expect([43, 60, 77, 94]).toContain(height);
      expect(room).toBeGreaterThanOrEqual(0);
      expect(room).toBeLessThan(10);
    }
    rows.slice(1).forEach(({ top }, i) => expect(top).toBeCloseTo(rows[i]?.bottom ?? 0));
    expect(page.problems).toEqual([]);
    await page.page.close();
  });
});
