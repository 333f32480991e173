// SPDX-License-Identifier: Apache-2.0
//
// The rows of the log.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, openBrowser } from "./page";

describe.each([
  ["wide", { width: 1440, height: 900, locale: "en-US" }, "The kernel had no room for it"],
  ["narrow", { width: 375, height: 812, locale: "es-ES" }, "El núcleo no tenía sitio"],
])("a row, %s", (_, look, explanation) => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser(look);
  });
  afterAll(() => browser.close());

  it("says which addresses, and why there was no memory", async () => {
    const page = await browser.open("?scene=steady&processes=9&rate=200");
    await page.byId("log-row").first().waitFor();
    // Rows move on: one that has failed is read where it stands.
    const failed = await page.page.waitForFunction(() => {
      const cell = [...document.querySelectorAll("[data-testid=log-result]")].find(({ textContent }) => textContent?.startsWith("ENOMEM"));
      return cell === undefined ? undefined : { hint: cell.getAttribute("title"), heard: cell.textContent };
    });
    const { hint, heard } = (await failed.jsonValue()) ?? {};
    expect(hint).toContain(explanation);
    expect(heard).toContain(explanation);
    const ranges = page.byId("log-address").filter({ hasText: /^0x[0-9a-f]+–0x[0-9a-f]+$/ });
    const range = await ranges.first().evaluate((cell) => {
      const [from = "", to = ""] = (cell.textContent ?? "").split("–");
      const length = cell.closest("[role=row]")?.querySelector(".bytes")?.getAttribute("title") ?? "";
      return { bytes: Number(BigInt(to) - BigInt(from)), length: Number(length.replace(/\D/g, "")), cut: cell.scrollWidth - cell.clientWidth };
    });
    expect(range.bytes).toBe(range.length);
    expect(range.cut).toBeLessThanOrEqual(0);
    expect(page.problems).toEqual([]);
    await page.page.close();
  });
});

describe("a narrow row", () => {
  it("has no line for flags where there are none, and follows the one before", async () => {
    const browser = await openBrowser({ width: 375, height: 812 });
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
