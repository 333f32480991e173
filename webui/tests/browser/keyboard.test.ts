// SPDX-License-Identifier: Apache-2.0
//
// The keyboard alone: where the focus goes with a window and comes back to, and the arrow keys.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Browser, type MockPage, openBrowser } from "./page";

let browser: Browser;
let page: MockPage;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  page = await browser.open("?scene=steady&processes=12&rate=20");
  await page.rows().first().waitFor();
});
afterEach(async () => {
  expect(page.problems).toEqual([]);
  await page.page.close();
});

/** The test id of what has the focus, or of the nearest thing around it that has one. */
const focused = () => page.page.evaluate(() => document.activeElement?.closest("[data-testid]")?.getAttribute("data-testid"));
const inWindow = () => page.page.evaluate(() => document.activeElement?.closest("dialog[open]") !== null);
const windows = () => page.page.locator("dialog[open]").count();

describe.each([
  ["help", "?"],
  ["alerts", "a"],
  ["suspects", "g"],
])("the window of %s", (name, key) => {
  it("takes the focus from its button, keeps it, and gives it back", async () => {
    await page.byId(`${name}-button`).focus();
    await page.press("Enter");
    await expect.poll(inWindow).toBe(true);
    // Behind it nothing is reached, however far one goes; the browser's own bar is, between the last and the first.
    const reached = [];
    for (let i = 0; i < 12; i++) {
      await page.press("Tab");
      reached.push(await page.page.evaluate(() => document.activeElement === document.body || document.activeElement?.closest("dialog[open]") !== null));
    }
    expect(reached).not.toContain(false);
    await page.press("Escape");
    await expect.poll(windows).toBe(0);
    await expect.poll(focused).toBe(`${name}-button`);
  });

  it("comes by its key wherever the focus is, and gives it back there", async () => {
    await page.byId("process-scroller").focus();
    await page.press(key);
    await expect.poll(inWindow).toBe(true);
    // Its keys are its own.
    await page.press("j", "p");
    await page.byId("dialog-close").focus();
    await page.press("Enter");
    await expect.poll(windows).toBe(0);
    await expect.poll(focused).toBe("process-scroller");
    expect(await page.active()).toBeNull();
    expect(await page.byId("pause-button").getAttribute("aria-pressed")).toBe("false");
  });
});

describe("the arrow keys", () => {
  it("go down and up the table, and stay at its ends", async () => {
    await page.byId("process-scroller").focus();
    await page.press("ArrowDown");
    const first = await page.active();
    expect(first).not.toBeNull();
    await page.press("ArrowDown");
    expect(await page.active()).not.toBe(first);
    await page.press("ArrowUp");
    expect(await page.active()).toBe(first);
    await page.press("Home", "ArrowUp");
    expect(await page.active()).toBe(await page.page.locator("[data-testid=process-row][aria-rowindex='2']").getAttribute("data-pid"));
  });

  it("open and close a group", async () => {
    await page.arrange("program");
    await page.byId("group-row").first().waitFor();
    await page.byId("process-scroller").focus();
    await page.press("Home");
    const group = page.page.locator(`[data-testid=group-row][data-name="${await page.active()}"]`);
    expect(await group.getAttribute("aria-expanded")).toBe("false");
    await page.press("ArrowRight");
    await expect.poll(() => group.getAttribute("aria-expanded")).toBe("true");
    await page.press("ArrowLeft");
    await expect.poll(() => group.getAttribute("aria-expanded")).toBe("false");
  });
});

describe("a failed call", () => {
  it("says why to who presses Enter on it", async () => {
    await page.byId("log-failed").click();
    await page.byId("log-why").first().waitFor();
    await page.press("p");
    await page.byId("log-why").first().focus();
    const asked = await page.byId("log-why").first().textContent();
    await page.press("Enter");
    expect((await page.byId("log-explained").innerText()).trim()).toBe(asked);
  });
});

describe("a key", () => {
  it("that is typed into a field is a letter there, and Escape leaves it", async () => {
    await page.press("/");
    await expect.poll(focused).toBe("search-box");
    await page.page.keyboard.type("?pjk a");
    expect(await page.byId("search-box").inputValue()).toBe("?pjk a");
    expect(await windows()).toBe(0);
    await page.press("Escape");
    await expect.poll(() => page.byId("search-box").inputValue()).toBe("");
  });

  it("with another one held down is the browser's", async () => {
    await page.press("Control+p", "Alt+a");
    expect(await windows()).toBe(0);
    expect(await page.byId("pause-button").getAttribute("aria-pressed")).toBe("false");
    await page.press("p");
    await expect.poll(() => page.byId("pause-button").getAttribute("aria-pressed")).toBe("true");
    await page.press("p");
    await expect.poll(() => page.byId("pause-button").getAttribute("aria-pressed")).toBe("false");
  });
});
