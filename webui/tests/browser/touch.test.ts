// SPDX-License-Identifier: Apache-2.0
//
// The page under a finger, on a narrow screen: what is tapped, drawn and scrolled. A long press only
// explains, and nothing asks for a pinch, which stays the browser's own.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, type MockPage, openBrowser } from "./page";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser({ width: 375, height: 812, touch: true });
});
afterAll(() => browser.close());

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A finger that goes from one place to another. */
async function swipe({ page }: MockPage, from: Point, to: Point): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", touchPoints: Point[]) =>
    session.send("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", [from]);
  for (let step = 1; step <= 6; step++) {
    await touch("touchMove", [{ x: from.x + ((to.x - from.x) * step) / 6, y: from.y + ((to.y - from.y) * step) / 6 }]);
  }
  await touch("touchEnd", []);
  await session.detach();
}

async function onBand(page: MockPage, part: number): Promise<Point> {
  const box = await page.byId("band").boundingBox();
  if (box === null) throw new Error("there is no band");
  return { x: box.x + box.width * part, y: box.y + 20 };
}

const mode = (page: MockPage) => page.byId("time-bar").getAttribute("data-mode");

describe("a finger", () => {
  it("taps the band for a part of it, and the button for live", async () => {
    const page = await browser.open("?processes=12&rate=20");
    await page.rows().first().waitFor();
    const { x, y } = await onBand(page, 0.5);
    await page.page.touchscreen.tap(x, y);
    await page.byId("past-tiles").waitFor();
    await page.byId("to-live").tap();
    await expect.poll(() => mode(page)).toBe("live");
    await page.done();
  });

  it("draws a range on the band, and moves its end", async () => {
    const page = await browser.open("?processes=12&rate=20");
    await page.rows().first().waitFor();
    await swipe(page, await onBand(page, 0.3), await onBand(page, 0.6));
    await page.byId("past-tiles").waitFor();
    const before = page.page.url();
    await swipe(page, await onBand(page, 0.6), await onBand(page, 0.8));
    await expect.poll(() => page.page.url()).not.toBe(before);
    const from = (url: string) => /from=[^&]+/.exec(url)?.[0];
    expect(from(page.page.url())).toBe(from(before));
    await page.done();
  });

  it("scrolls the page over the band, and chooses nothing by that", async () => {
    const page = await browser.open("?processes=12&rate=20");
    await page.rows().first().waitFor();
    const start = await onBand(page, 0.5);
    await swipe(page, { x: start.x, y: start.y + 10 }, { x: start.x, y: start.y - 160 });
    await expect.poll(() => page.page.evaluate(() => window.scrollY)).toBeGreaterThan(20);
    expect(await mode(page)).toBe("live");
    await page.done();
  });

  it("taps a failed call for why it failed", async () => {
    const page = await browser.open("?scene=steady&processes=12&rate=400#/?failed=ENOMEM");
    await page.byId("log-why").first().waitFor();
    await page.byId("pause-button").tap();
    await page.byId("log-why").first().tap();
    await expect.poll(() => page.byId("log-explained").innerText()).toMatch(/^ENOMEM: no room for it\. The kernel had no room for it/);
    await page.byId("log-explained-close").tap();
    await expect.poll(() => page.byId("log-explained").count()).toBe(0);
    await page.done();
  });

  it("taps a figure for what it means, with the exact figure, and anything else to be rid of that", async () => {
    const page = await browser.open("?scene=steady&database=off&processes=12&rate=20");
    await page.rows().first().waitFor();
    const hint = page.byId("hint");
    const tile = page.page.locator("main dl.tiles > div");
    await expect.poll(async () => (await tile.nth(0).locator("dt").tap(), hint.count())).toBe(1);
    expect(await hint.innerText()).toBe("Records of all kinds since the capture began");
    await tile.nth(1).locator("dd").tap();
    await expect.poll(() => hint.innerText()).toMatch(/^Lengths of all successful mmap calls since the capture began\n[\d,]+\sbytes$/);
    await tile.nth(1).locator("dd").tap();
    await expect.poll(() => hint.count()).toBe(0);
    await page.byId("completeness").tap();
    await expect.poll(() => hint.innerText()).toBe("No record was lost since the capture began.");
    const inside = await hint.evaluate((bubble) => {
      const { left, right, top, bottom } = bubble.getBoundingClientRect();
      return left >= 0 && right <= window.innerWidth && top >= 0 && bottom <= window.innerHeight && document.elementFromPoint((left + right) / 2, (top + bottom) / 2) === bubble;
    });
    expect(inside).toBe(true);
    await page.page.locator("#processes-title").tap();
    await expect.poll(() => hint.count()).toBe(0);
    await page.done();
  });

  it("sorts by a head with a tap, and holds it for what it means", async () => {
    const page = await browser.open("?scene=steady&processes=12&rate=20");
    await page.rows().first().waitFor();
    const hint = page.byId("hint");
    await expect.poll(async () => (await page.byId("completeness").tap(), hint.count())).toBe(1);
    const name = page.byId("sort-name");
    const sorted = () => name.evaluate((button) => button.closest("[aria-sort]")?.getAttribute("aria-sort"));
    await name.tap();
    await expect.poll(sorted).toBe("ascending");
    expect(await hint.count()).toBe(0);
    const box = await name.boundingBox();
    if (box === null) throw new Error("there is no such head");
    const session = await page.page.context().newCDPSession(page.page);
    await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x: box.x + 8, y: box.y + 8 }] });
    await expect.poll(() => hint.allInnerTexts()).toEqual([expect.stringMatching(/^Name of the program, and its command line/)]);
    await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await name.evaluate(() => new Promise((drawn) => requestAnimationFrame(drawn)));
    expect(await sorted()).toBe("ascending");
    expect(await hint.count()).toBe(1);
    await page.done();
  });

  it("taps the badge for why there is no stream, which is told for as long as it is so", async () => {
    const page = await browser.open("?scene=broken&processes=12&rate=20");
    await page.page.locator("[data-state=reconnecting]").waitFor();
    const hint = page.byId("hint");
    // There is none in the moment of a try.
    const badge = page.byId("connection-state").locator("span").nth(1);
    await expect.poll(async () => (await badge.tap(), hint.allInnerTexts())).toEqual(["memmond says: memmond went away"]);
    // No finger: that one would be rid of it anyway.
    await page.byId("retry-now").evaluate((button) => (button as HTMLElement).click());
    await expect.poll(() => hint.count()).toBe(0);
    await page.done();
  });

  it("opens a process, its hint and its names, and goes back", async () => {
    const page = await browser.open("?scene=steady&processes=12&rate=20");
    await page.rows().first().getByTestId("process-link").tap();
    await page.byId("hint-button").first().tap();
    await page.page.getByRole("tooltip").waitFor();
    await page.byId("map-names-file").tap();
    await page.byId("map-name").first().waitFor();
    await page.byId("back").tap();
    await page.rows().first().waitFor();
    await page.done();
  });
});
