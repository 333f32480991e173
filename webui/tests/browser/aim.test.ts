// SPDX-License-Identifier: Apache-2.0
//
// Lines that are put in order while somebody is about to click one.

import { afterAll, beforeAll, expect, it } from "vitest";
import { type Browser, openBrowser } from "./page";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** In the page: resolves once what has bytes was in their order, or out of it, for so many milliseconds without a break. */
async function stay([selector, wanted, forMs]: readonly [selector: string, inOrder: boolean, forMs: number]): Promise<void> {
  function inOrder(): boolean {
    const all = [...document.querySelectorAll<HTMLElement>(selector)]
      .map((one) => ({ top: one.getBoundingClientRect().top, bytes: Number(one.dataset["bytes"]) }))
      .sort((a, b) => a.top - b.top);
    return all.every(({ bytes }, at) => bytes <= (all[at - 1]?.bytes ?? bytes));
  }
  for (let since = performance.now(); performance.now() - since <= forMs; ) {
    if (inOrder() !== wanted) since = performance.now();
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}

const inTable = { bytes: "[data-testid=held-cell]", line: "[role=row]", pressed: "[data-testid=held-cell]", chosen: "[data-testid=process-row][aria-selected=true]" };
const inShares = {
  bytes: "[data-testid=pie-table-row]:not([data-others])",
  line: "[data-testid=pie-table-row]",
  pressed: "[data-testid=share-only]",
  chosen: "[data-testid=pie-table-row]:has([aria-pressed=true])",
};

it.each([
  ["table", inTable],
  ["shares", inShares],
])("stays where it is while it is pressed, and goes to its place once it is let go: a line of the %s", async (_, { bytes, line, pressed, chosen }) => {
  // One of them grows all the time, and overtakes the others; not so fast that the pressed one leaves the ten.
  const page = await browser.open("?scene=leak&processes=40&rate=400");
  await page.byId("measure-switch").locator("[data-value=held]").click();
  await page.page.locator(pressed).nth(3).hover();
  await page.page.mouse.down();
  const pid = await page.page.locator(`${line}:active`).getAttribute("data-pid");
  // Figures go on, and this is longer than lines are ever kept in a wrong order.
  await page.page.evaluate(stay, [bytes, false, 2_500] as const);
  await page.page.mouse.up();
  await expect.poll(() => page.page.locator(chosen).getAttribute("data-pid")).toBe(pid);
  await page.page.evaluate(stay, [bytes, true, 0] as const);
  await page.done();
});
