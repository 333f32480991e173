// SPDX-License-Identifier: Apache-2.0
//
// The address shows the same thing to whoever opens it, and the browser's way back undoes a choice.

import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
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

const withCgroup = "pid.name.user.cgroup.held.virtualSize.resident.share.rate.trend";

async function toggleColumn(page: MockPage, column: string): Promise<void> {
  await page.byId("columns-button").click();
  await page.byId("column-list").locator(`[data-column=${column}]`).click();
  await page.press("Escape");
}

const hash = (page: MockPage) => new URL(page.page.url()).hash;
const pressed = (page: MockPage, control: string) => page.byId(control).locator("[aria-checked=true]").getAttribute("data-value");
const sortOf = (page: MockPage, column: string) =>
  page.page.locator("[role=columnheader]", { has: page.byId(`sort-${column}`) }).getAttribute("aria-sort");

describe("the address", () => {
  it("says what was chosen, shows it to somebody else, and is remembered less", async () => {
    const mine = await open("");
    expect(hash(mine)).toBe("#/");
    await mine.byId("sort-name").click();
    await mine.arrange("tree");
    await mine.byId("measure-switch").locator("[data-value=held]").click();
    await mine.byId("show-ended").click();
    await mine.byId("search-box").fill("post");
    await toggleColumn(mine, "cgroup");
    await expect.poll(() => hash(mine)).toBe(`#/?filter=post&ended=no&by=tree&sort=name&share=held&columns=${withCgroup}`);
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
    expect(await other.byId("sort-cgroup").count()).toBe(1);

    // A plain address shows what they had chosen themselves, and says so.
    await other.page.goto("about:blank");
    await other.page.goto(link.split("#")[0] ?? "");
    await other.rows().first().waitFor();
    expect(hash(other)).toBe("#/?sort=pid&share=virtualSize");
    expect(await pressed(other, "arrangement")).toBe("list");
    expect(await sortOf(other, "pid")).toBe("ascending");
    await other.done();
    await mine.done();
  });

  it("shows all as it is at first where it says nothing, whatever its reader has chosen before", async () => {
    const page = await open("");
    await page.byId("sort-pid").click();
    await toggleColumn(page, "cgroup");
    await expect.poll(() => hash(page)).toBe(`#/?sort=pid&columns=${withCgroup}`);
    const iso = (agoMs: number) => `${new Date(Date.now() - agoMs).toISOString().slice(0, 19)}Z`;
    for (const said of ["#/", `#/?from=${iso(600_000)}&to=${iso(60_000)}`]) {
      await page.page.goto("about:blank");
      await page.page.goto(inject("pageUrl") + mock + said);
      await page.rows().first().waitFor();
      expect(await sortOf(page, "held")).toBe("descending");
      expect(await page.byId("sort-cgroup").count()).toBe(0);
      expect(hash(page)).toBe(said);
    }
    // By the plain address it is all there, and can be copied.
    await page.page.goto("about:blank");
    await page.page.goto(inject("pageUrl") + mock);
    await page.rows().first().waitFor();
    expect(hash(page)).toBe(`#/?sort=pid&columns=${withCgroup}`);
    expect(await page.byId("sort-cgroup").count()).toBe(1);
    await page.done();
  });

  it("does not break the page where the browser refuses to write it", async () => {
    const page = await open("");
    await page.page.evaluate(() => {
      const refuse = () => {
        throw new DOMException("Attempt to use history.replaceState() more than 100 times per 30 seconds", "SecurityError");
      };
      Object.assign(history, { replaceState: refuse, pushState: refuse });
    });
    await page.byId("search-box").pressSequentially("java");
    await page.byId("sort-name").click();
    await expect.poll(() => page.byId("process-count").innerText()).toMatch(/^\d+ of \d+$/);
    await expect.poll(() => sortOf(page, "name")).toBe("ascending");
    expect(hash(page)).toBe("#/");
    await page.page.evaluate(() => {
      Reflect.deleteProperty(history, "replaceState");
      Reflect.deleteProperty(history, "pushState");
    });
    await expect.poll(() => hash(page)).toBe("#/?filter=java&sort=name");
    await page.done();
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
    await expect.poll(() => hash(page)).toBe("#/");
    await page.page.goForward();
    await page.page.goForward();
    await expect.poll(() => page.byId("search-box").inputValue()).toBe("java");
    await page.done();
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
    await page.done();
  });

  it("says what the log shows, what the shares are drawn as and how much the band shows, and is copied whole", async () => {
    const mine = await open("");
    await mine.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await mine.byId("share-view").locator("[data-value=bars]").click();
    await mine.byId("share-span").locator("[data-value='5']").click();
    await mine.byId("extent").locator("[data-value=day]").click();
    await mine.byId("kind-filter").locator("[data-kind=life]").click();
    await mine.byId("kind-filter").locator("[data-kind=munmap]").click();
    await mine.byId("log-failed").click();
    await mine.byId("log-error").selectOption("ENOMEM");
    await mine.byId("log-min-length").selectOption({ index: 1 });
    await mine.press("j", "l");
    await mine.byId("log-only").waitFor();
    await mine.byId("copy-link").click();
    await expect.poll(() => mine.byId("link-said").innerText()).toBe("Link copied");
    const link = await mine.page.evaluate(() => navigator.clipboard.readText());
    expect(link).toBe(mine.page.url());
    expect(link).toMatch(/#\/\?last=5&as=bars&band=day&log=mmap\.mremap\.life&failed=ENOMEM&least=65536&only=\d+-\d+$/);

    const other = await browser.open(mock);
    await other.page.goto("about:blank");
    await other.page.goto(link);
    await other.rows().first().waitFor();
    expect(await pressed(other, "share-view")).toBe("bars");
    expect(await pressed(other, "share-span")).toBe("5");
    expect(await pressed(other, "extent")).toBe("day");
    expect(await other.byId("log-error").inputValue()).toBe("ENOMEM");
    expect(await other.byId("kind-filter").locator("[aria-pressed=true]").allInnerTexts()).toEqual(["mmap", "mremap", "fork, exec, exit"]);
    expect(await other.byId("log-only").innerText()).toBe(await mine.byId("log-only").innerText());
    await other.done();
    await mine.done();
  });

  it("of a process's page says what its log shows, and the way back undoes that", async () => {
    const page = await open("");
    await page.rows().first().getByTestId("process-link").click();
    await page.byId("log-failed").click();
    await expect.poll(() => hash(page)).toMatch(/^#\/process\/[\d-]+\?failed=yes$/);
    await page.byId("log-error").selectOption("EINVAL");
    await expect.poll(() => hash(page)).toMatch(/\?failed=EINVAL$/);
    const link = page.page.url();
    await page.page.goBack();
    await page.page.goBack();
    await expect.poll(() => page.byId("log-failed").getAttribute("aria-pressed")).toBe("false");
    await page.page.goto("about:blank");
    await page.page.goto(link);
    await expect.poll(() => page.byId("log-error").inputValue()).toBe("EINVAL");
    await page.done();
  });

  it("falls back quietly to what is there at first where it means nothing", async () => {
    const page = await open("#/?sort=-colour&by=planet&share=love&last=7");
    expect(await sortOf(page, "held")).toBe("descending");
    expect(await pressed(page, "arrangement")).toBe("list");
    expect(await pressed(page, "measure-switch")).toBe("requested");
    await page.done();
  });
});
