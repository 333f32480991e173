// SPDX-License-Identifier: Apache-2.0
//
// The address shows the same thing to whoever opens it, and the browser's way back undoes a choice.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, type MockPage, openBrowser } from "./page";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const mock = "?scene=steady&processes=20&rate=20";

async function open(hash: string): Promise<MockPage> {
  const page = await browser.open(mock + hash);
  await page.rows().first().waitFor();
  return page;
}

async function done(page: MockPage): Promise<void> {
  expect(page.problems).toEqual([]);
  await page.page.close();
}

const hash = (page: MockPage) => new URL(page.page.url()).hash;
const pressed = (page: MockPage, control: string) => page.byId(control).locator("[aria-pressed=true]").getAttribute("data-value");
const sortOf = (page: MockPage, column: string) =>
  page.page.locator("[role=columnheader]", { has: page.byId(`sort-${column}`) }).getAttribute("aria-sort");

describe("the address", () => {
  it("says what was chosen, shows it to somebody else, and is remembered less", async () => {
    const mine = await open("");
    expect(hash(mine)).toBe("");
    await mine.byId("sort-name").click();
    await mine.arrange("tree");
    await mine.byId("measure-switch").locator("[data-value=held]").click();
    await mine.byId("show-ended").click();
    await mine.byId("search-box").fill("post");
    await expect.poll(() => hash(mine)).toBe("#/?filter=post&ended=no&by=tree&sort=name&share=held");
    const link = mine.page.url();

    const other = await open("");
    await other.byId("sort-pid").click();
    await other.byId("measure-switch").locator("[data-value=virtualSize]").click();
    await other.page.goto("about:blank");
    await other.page.goto(link);
    await other.rows().first().waitFor();
    expect(await other.byId("search-box").inputValue()).toBe("post");
    expect(await other.byId("show-ended").getAttribute("aria-pressed")).toBe("false");
    expect(await pressed(other, "arrangement")).toBe("tree");
    expect(await pressed(other, "measure-switch")).toBe("held");
    expect(await sortOf(other, "name")).toBe("ascending");

    // A plain address shows what they had chosen themselves, and says so.
    await other.page.goto("about:blank");
    await other.page.goto(link.split("#")[0] ?? "");
    await other.rows().first().waitFor();
    expect(hash(other)).toBe("#/?sort=pid&share=virtualSize");
    expect(await pressed(other, "arrangement")).toBe("list");
    expect(await sortOf(other, "pid")).toBe("ascending");
    await done(other);
    await done(mine);
  });

  it("lets the way back undo a choice, and a search as a whole", async () => {
    const page = await open("");
    await page.byId("sort-name").click();
    await page.byId("search-box").pressSequentially("java");
    await expect.poll(() => hash(page)).toBe("#/?filter=java&sort=name");
    await page.page.goBack();
    await expect.poll(() => page.byId("search-box").inputValue()).toBe("");
    await expect.poll(() => sortOf(page, "name")).toBe("ascending");
    await page.page.goBack();
    await expect.poll(() => sortOf(page, "held")).toBe("descending");
    await expect.poll(() => hash(page)).toBe("");
    await page.page.goForward();
    await page.page.goForward();
    await expect.poll(() => page.byId("search-box").inputValue()).toBe("java");
    await done(page);
  });

  it("keeps it beside a time, and across a process's own page", async () => {
    const page = await open("#/?by=tree&sort=-rate");
    await page.page.locator("[data-last='5']").click();
    await expect.poll(() => hash(page)).toMatch(/^#\/\?from=.*&by=tree&sort=-rate$/);
    await page.byId("to-live").click();
    await expect.poll(() => hash(page)).toBe("#/?by=tree&sort=-rate");
    await page.arrange("list");
    await page.rows().first().locator("a").first().click();
    await page.byId("back").waitFor();
    expect(hash(page)).toMatch(/^#\/process\/[\d-]+$/);
    expect(await page.byId("back").getAttribute("href")).toBe("#/?sort=-rate");
    await page.byId("back").click();
    await expect.poll(() => hash(page)).toBe("#/?sort=-rate");
    await done(page);
  });

  it("falls back quietly to what is there at first where it means nothing", async () => {
    const page = await open("#/?sort=-colour&by=planet&share=love&last=7");
    expect(await sortOf(page, "held")).toBe("descending");
    expect(await pressed(page, "arrangement")).toBe("list");
    expect(await pressed(page, "measure-switch")).toBe("requested");
    await done(page);
  });
});
