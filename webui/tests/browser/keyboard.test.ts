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
    // In an order that stays.
    await page.byId("sort-pid").click();
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

describe("what a figure means", () => {
  const hint = () => page.byId("hint");
  /** The first may come before what shows it. */
  const first = () => expect.poll(async () => (await page.press("i"), hint().count())).toBe(1);

  it("is said of what can be pressed when the keyboard comes to it, and Escape takes that alone away", async () => {
    await first();
    await page.press("Escape");
    await page.byId("process-link").first().click();
    await page.byId("process-title").waitFor();
    await page.byId("back").focus();
    await page.press("Tab");
    expect(await focused()).toBe("process-pin");
    expect(await hint().innerText()).toBe("Pin it to the top: it stays when it ends");
    await page.press("Escape");
    expect(await hint().count()).toBe(0);
    expect(await focused()).toBe("process-pin");
    await page.press("Tab", "Shift+Tab");
    expect(await hint().count()).toBe(1);
    await page.press("Escape", "Escape");
    await page.rows().first().waitFor();
  });

  it("is in no mouse's way", async () => {
    await first();
    await page.byId("sort-name").click();
    await expect.poll(focused).toBe("sort-name");
    expect(await hint().count()).toBe(0);
  });

  it("goes while one types what is meant by it", async () => {
    await first();
    await page.press("Escape", "/");
    await expect.poll(() => hint().allInnerTexts()).toEqual([expect.stringMatching(/^Words in the name.* regular expression, such as \/\^post\/, which sees the first 512 letters of each, and is refused where/)]);
    await page.page.keyboard.type("i");
    expect(await page.byId("search-box").inputValue()).toBe("i");
    expect(await hint().count()).toBe(0);
    await page.press("Tab", "Shift+Tab");
    expect(await hint().count()).toBe(1);
    await page.press("Escape");
    expect(await page.byId("search-box").inputValue()).toBe("");
    expect(await hint().count()).toBe(0);
  });

  it("is said of every figure by i or the arrows, on and back, and Escape goes where one was", async () => {
    await page.byId("pause-button").focus();
    await first();
    const told = new Set<string>();
    for (let at = await hint().innerText(); !told.has(at); at = await hint().innerText()) {
      told.add(at);
      await page.press("i");
    }
    const titles = await page.page.locator("header dd[title], header .rates > div, main dl.tiles > div, .log-columns.head > [title]").evaluateAll((all) => all.map((one) => one.getAttribute("title") ?? ""));
    expect(titles.length).toBeGreaterThan(12);
    // What it says may have changed meanwhile, and an exact figure comes after it.
    const untold = titles.filter((title) => ![...told].some((text) => text.replaceAll(/\d/g, "").startsWith(title.replaceAll(/\d/g, ""))));
    expect(untold).toEqual([]);
    const here = await hint().innerText();
    await page.press("ArrowRight");
    const next = await hint().innerText();
    expect(next).not.toBe(here);
    await page.press("ArrowLeft", "Shift+I", "i");
    expect(await hint().innerText()).toBe(here);
    await page.press("Escape");
    expect(await focused()).toBe("pause-button");
    expect(await hint().count()).toBe(0);
    expect(await page.page.locator("[aria-describedby=hint], dt[tabindex], dl > div[tabindex]").count()).toBe(0);
  });

  it("is said in a window, too, above it", async () => {
    await first();
    await page.press("Escape", "a");
    await expect.poll(inWindow).toBe(true);
    await page.byId("alert-add").focus();
    await page.byId("alert-pattern").fill("*");
    await page.byId("alert-amount").fill("1");
    await page.byId("alert-add").click();
    await page.byId("alert-remove").focus();
    await page.press("Shift+Tab", "Tab");
    expect(await hint().innerText()).toBe("Remove");
    expect(await hint().evaluate((bubble) => bubble.closest("dialog[open]") !== null)).toBe(true);
    await page.press("Escape");
    expect(await inWindow()).toBe(true);
    await page.press("Escape");
    await expect.poll(windows).toBe(0);
  });

  it("is said to who has switched single keys off, by a button", async () => {
    await first();
    await page.press("Escape", "?");
    await page.byId("letters").focus();
    await page.press("Space", "Tab");
    expect(await focused()).toBe("explain-figures");
    await page.press("Enter");
    await expect.poll(() => hint().count()).toBe(1);
    const here = await hint().innerText();
    await page.press("ArrowDown");
    expect(await hint().innerText()).not.toBe(here);
    await page.press("i");
    expect(await hint().count()).toBe(0);
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

  it("that closes a menu is the table's where the menu is closed", async () => {
    await page.byId("process-scroller").focus();
    await page.press("ArrowDown", "l");
    await page.byId("log-only").waitFor();
    await page.byId("columns-button").focus();
    await page.press("Enter");
    await page.byId("column-list").waitFor();
    await page.press("Escape");
    await page.byId("column-list").waitFor({ state: "detached" });
    expect(await focused()).toBe("columns-button");
    expect(await page.byId("log-only").count()).toBe(1);
    await page.press("Escape");
    await expect.poll(() => page.byId("log-only").count()).toBe(0);
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
