// SPDX-License-Identifier: Apache-2.0
//
// A table with far more lines than can be seen.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, type MockPage, openBrowser } from "./page";

let browser: Browser;
let page: MockPage;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

async function open(address: string): Promise<void> {
  page = await browser.open(address);
  await page.rows().first().waitFor();
}

async function close(): Promise<void> {
  expect(page.problems).toEqual([]);
  await page.page.close();
}

describe("ten thousand processes", () => {
  it("are all there for who listens, and few of them for the browser", async () => {
    await open("?scene=steady&processes=10000&rate=20");
    const scroller = page.byId("process-scroller");
    expect(Number(await scroller.getAttribute("aria-rowcount"))).toBeGreaterThanOrEqual(10_000);
    await scroller.focus();
    // Others come meanwhile: the last is that of the same look.
    await expect
      .poll(async () => {
        await page.press("End");
        return scroller.evaluate((box) => box.querySelector(".active[data-testid=process-row]")?.getAttribute("aria-rowindex") === box.getAttribute("aria-rowcount"));
      })
      .toBe(true);
    expect(await page.rows().count()).toBeLessThan(60);
    await close();
  });

  it("scroll through the same few rows, which are in their order when it is over", async () => {
    await open("?scene=steady&processes=10000&rate=20");
    const seen = await page.rows().evaluateAll(async (rows) => {
      const scroller = rows[0]?.closest(".scroll");
      const now = () => [...document.querySelectorAll("[data-testid=process-row]")];
      const elements = new Set(now());
      const atFirst = rows.map((row) => row.id);
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      for (let step = 0; step < 30; step++) {
        if (scroller) scroller.scrollTop += 90;
        await frame();
        for (const row of now()) elements.add(row);
      }
      const still = new Set(atFirst);
      return { elements: elements.size, rows: now().length, stayed: now().filter(({ id }) => still.has(id)).length };
    });
    expect(seen.stayed).toBe(0);
    // A few more than at first: at the top there are none above those in sight.
    expect(seen.elements).toBeLessThanOrEqual(1.5 * seen.rows);
    await expect
      .poll(() => page.rows().evaluateAll((rows) => rows.map((row) => Number(row.getAttribute("aria-rowindex"))).every((at, i, all) => i === 0 || at === (all[i - 1] ?? 0) + 1)))
      .toBe(true);
    await close();
  });

  it("are not clicked where another one was pressed", async () => {
    await open("?scene=steady&processes=10000&rate=20");
    const click = (pressed: boolean) =>
      page.rows().first().evaluate(async (row, isPressed) => {
        const before = row.id;
        row.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
        const scroller = row.closest(".scroll");
        while (isPressed && row.id === before) {
          if (scroller) scroller.scrollTop += 900;
          await new Promise((resolve) => requestAnimationFrame(resolve));
        }
        row.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, detail: 1 }));
      }, pressed);
    await click(true);
    expect(await page.byId("log-only").count()).toBe(0);
    await click(false);
    await page.byId("log-only").waitFor();
    await close();
  });
});
