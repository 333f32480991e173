// SPDX-License-Identifier: Apache-2.0
//
// The rows of the log.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, type MockPage, openBrowser } from "./page";
import { firstProcess } from "./state";

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
    // One in a hundred calls is such a one; of those that failed it is one in three. Rows move on: it is
    // read where it stands.
    await page.byId("log-failed").click();
    const failed = await page.page.waitForFunction(() => {
      const cell = [...document.querySelectorAll("[data-testid=log-result]")].find(({ textContent }) => textContent?.startsWith("ENOMEM"));
      return cell === undefined ? undefined : { hint: cell.getAttribute("title"), heard: cell.textContent };
    });
    const { hint, heard } = (await failed.jsonValue()) ?? {};
    expect(hint).toContain(explanation);
    expect(heard).toContain(explanation);
    await page.byId("log-failed").click();
    const looked = await page.page.waitForFunction(() => {
      const cells = [...document.querySelectorAll("[data-testid=log-address]")];
      const cell = cells.find(({ textContent }) => /^0x[0-9a-f]+–0x[0-9a-f]+$/.test((textContent ?? "").trim()));
      if (cell === undefined) return undefined;
      const length = cell.closest("[role=row]")?.querySelector(".bytes")?.getAttribute("title") ?? "";
      return { text: (cell.textContent ?? "").trim(), length: Number(length.replace(/\D/g, "")), cut: cell.scrollWidth - cell.clientWidth };
    });
    const range = (await looked.jsonValue()) ?? { text: "–", length: NaN, cut: NaN };
    const [from = "", to = ""] = range.text.split("–");
    expect(Number(BigInt(to) - BigInt(from))).toBe(range.length);
    expect(range.cut).toBeLessThanOrEqual(0);
    expect(page.problems).toEqual([]);
    await page.page.close();
  });
});

describe("why a call failed", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  const number = async (page: MockPage) => Number((await page.byId("event-count").innerText()).replaceAll(/\D/g, ""));
  /** Waits until many more have come than the log shows. */
  async function others(page: MockPage): Promise<void> {
    const before = await number(page);
    await expect.poll(() => number(page)).toBeGreaterThan(before + 2_000);
  }
  async function open(): Promise<MockPage> {
    const page = await browser.open("?scene=steady&processes=9&rate=2000");
    await page.byId("log-failed").click();
    await page.byId("log-why").nth(4).waitFor();
    return page;
  }
  const first = (page: MockPage) => page.byId("log-row").first().getAttribute("data-id");

  it("is told of the line that was pressed, however long that takes", async () => {
    const page = await open();
    await page.byId("log-why").nth(2).hover();
    await page.page.mouse.down();
    const asked = await page.page.locator("[data-testid=log-why]:active").textContent();
    const row = await page.page.locator("[data-testid=log-row]:active").getAttribute("data-id");
    await others(page);
    expect(await page.page.locator("[data-testid=log-row]:active").getAttribute("data-id")).toBe(row);
    await page.page.mouse.up();
    expect((await page.byId("log-explained").innerText()).trim()).toBe(asked);
    const seen = await first(page);
    await page.page.locator("#log-title").click();
    await expect.poll(() => first(page)).not.toBe(seen);
    await page.done();
  });

  it("stays under the keyboard, and says how many came meanwhile", async () => {
    const page = await open();
    await page.byId("log-why").nth(2).focus();
    const at = () => page.page.evaluate(() => document.activeElement?.closest("[data-testid=log-row]")?.getAttribute("data-id"));
    const row = await at();
    expect(row).toBeTruthy();
    await others(page);
    expect(await at()).toBe(row);
    await page.byId("new-count").waitFor();
    await page.byId("pause-button").focus();
    await page.byId("new-count").waitFor({ state: "detached" });
    await page.done();
  });
});

describe("a row of another day", () => {
  it.each([
    [1440, 1],
    [375, 1],
    [1440, 400],
    [375, 400],
  ])("says which, and has room for it: %i px wide, %i days later", async (width, days) => {
    const browser = await openBrowser({ width, height: 900, locale: "es-ES" });
    const page = await browser.open("?scene=steady&processes=9&rate=200");
    await page.page.addInitScript(() => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + Number(document.documentElement.dataset["ahead"] ?? 0);
    });
    await page.page.reload();
    await page.byId("log-row").first().waitFor();
    await page.press("p");
    const times = page.byId("log-row").locator(".time");
    expect(await times.first().innerText()).toMatch(/^[\d:]{8},\d{3}$/);
    // It stands still while days pass.
    await page.page.evaluate((ahead) => (document.documentElement.dataset["ahead"] = String(ahead)), days * 86_400_000);
    const year = (ms: number) => new Date(ms).getFullYear();
    const isOfTheYear = year(Date.now()) === year(Date.now() + days * 86_400_000);
    await expect.poll(() => times.first().innerText()).toMatch(isOfTheYear ? /^\d+ [a-z]{3,4}, [\d:]{8},\d{3}$/ : /^\d+ [a-z]{3,4} \d{4}, [\d:]{8},\d{3}$/);
    const over = await times.evaluateAll((all) =>
      all.map((time) => {
        const text = document.createRange();
        text.selectNodeContents(time);
        return text.getBoundingClientRect().right - time.getBoundingClientRect().right + 10 * (text.getClientRects().length - 1);
      }),
    );
    expect(Math.max(...over)).toBeLessThanOrEqual(0);
    expect(page.problems).toEqual([]);
    await browser.close();
  });
});

describe("filters", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  const texts = (page: MockPage, cell: string) => page.byId("log-row").locator(cell).allInnerTexts();
  /** Waits for rows that all pass. */
  async function only(page: MockPage, cell: string, passes: (text: string) => boolean): Promise<void> {
    await expect.poll(async () => (await texts(page, cell)).filter((text) => !passes(text))).toEqual([]);
    await page.byId("log-row").first().waitFor();
  }

  it("leave failed calls, large ones, and those of the processes that the table is searched for", async () => {
    const page = await browser.open("?scene=steady&processes=9&rate=200");
    await page.byId("log-row").first().waitFor();
    await page.byId("log-failed").click();
    await only(page, ".result", (text) => /^E[A-Z]+/.test(text));
    await page.byId("log-failed").click();

    await page.byId("log-min-length").selectOption({ index: 2 });
    await only(page, ".length", (text) => /[MGT]iB$/.test(text));
    await page.byId("log-min-length").selectOption({ index: 0 });

    const pid = (await page.byId("log-row").first().getAttribute("data-pid")) ?? "";
    await page.byId("search-box").fill(pid);
    await page.byId("log-like-table").waitFor();
    await only(page, ".pid", (text) => text.startsWith(pid));
    await page.byId("log-like-table").click();
    await expect.poll(async () => new Set(await texts(page, ".pid")).size).toBeGreaterThan(1);
    expect(page.problems).toEqual([]);
    await page.page.close();
  });

  it("say that nothing passes", async () => {
    const page = await browser.open("?scene=steady&processes=9&rate=20");
    await page.byId("log-row").first().waitFor();
    await page.byId("search-box").fill("container:nowhere");
    await expect.poll(async () => page.byId("log-empty").innerText()).toContain("Nothing that passes these filters");
    await page.page.close();
  });

  it("hold in the past, too", async () => {
    const page = await browser.open("?processes=12&rate=20");
    await page.rows().first().waitFor();
    await page.page.locator("[data-last='60']").click();
    await page.byId("log-row").first().waitFor();
    await page.byId("log-failed").click();
    await only(page, ".result", (text) => /^E[A-Z]+/.test(text));
    const pid = (await page.byId("log-row").first().getAttribute("data-pid")) ?? "";
    await page.byId("search-box").fill(pid);
    await only(page, ".pid", (text) => text.startsWith(pid));
    await page.byId("search-box").fill("nobody-has-this-name");
    await expect.poll(async () => (await texts(page, ".pid")).length).toBe(0);
    expect(page.problems).toEqual([]);
    await page.page.close();
  });
});

describe("the log of a busy host", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());

  const unshown = (page: MockPage) => page.byId("log-unshown");
  const number = (text: string | undefined) => Number((text ?? "").replaceAll(",", ""));

  it("is a sample, says of how many, and counts all as new", async () => {
    const page = await browser.open("?scene=steady&processes=40&rate=4000");
    await unshown(page).waitFor();
    await page.press("p");
    await expect.poll(async () => number(/^\+([\d,]+) new/.exec(await page.byId("new-count").innerText())?.[1]), { timeout: 15_000 }).toBeGreaterThan(4_000);
    const [, count, all] = /^([\d,]+) of ([\d,]+) requests per second are not shown here; filter/.exec(await unshown(page).innerText()) ?? [];
    expect(number(count)).toBeGreaterThan(100);
    // A machine that is busy may play fewer.
    expect(number(all)).toBeGreaterThan(number(count));
    expect(number(all)).toBeLessThan(4_500);
    expect(await unshown(page).getAttribute("title")).toContain("500 per second are shown at most");
    expect(page.problems).toEqual([]);
    await page.page.close();
  });

  it("is whole of one process, which is asked for alone", async () => {
    const page = await browser.open("?scene=steady&processes=40&rate=4000");
    await unshown(page).waitFor();
    // The one that asks for most: of another so many take long.
    await page.page.evaluate((key) => (window.location.hash = `#/process/${key}`), firstProcess);
    await page.byId("process-title").waitFor();
    const pid = /#\/process\/(\d+)/.exec(page.page.url())?.[1] ?? "";
    await page.page.waitForFunction((mark) => performance.getEntriesByName(mark).length > 0, `filtered ${pid}`);
    await expect.poll(() => unshown(page).count()).toBe(0);
    await page.byId("log-row").first().waitFor();
    expect(new Set(await page.byId("log-row").locator(".pid").allInnerTexts())).toEqual(new Set([pid]));
    // As many come as memmond counts of it.
    const kinds = ["mmap", "munmap", "mremap"];
    const counted = async () => {
      const counts = await Promise.all(kinds.map((kind) => page.byId("calls").locator(`[data-kind=${kind}] td`).allInnerTexts()));
      return counts.flat().reduce((sum, text) => sum + number(text), 0);
    };
    await page.press("p");
    const before = await counted();
    const arrived = async () => number(/^\+([\d,]+) new/.exec(await page.byId("new-count").innerText())?.[1]);
    await expect.poll(arrived, { timeout: 20_000 }).toBeGreaterThan(800);
    // Of either the other is a second older at most, which is ever less of all.
    await expect
      .poll(async () => {
        const shown = await arrived();
        return Math.abs(shown - ((await counted()) - before)) / shown;
      })
      .toBeLessThan(0.2);
    await page.byId("back").click();
    await unshown(page).waitFor();
    expect(await unshown(page).getAttribute("data-feed")).toBe("all");
    expect(page.problems).toEqual([]);
    await page.page.close();
  });

  it("asks anew for those that a search finds, and not for more than can be named", async () => {
    const page = await browser.open("?scene=steady&processes=40&rate=4000");
    await unshown(page).waitFor();
    await page.byId("search-box").fill("cron");
    const asked = () => page.page.evaluate(() => performance.getEntriesByType("mark").flatMap(({ name }) => (name.startsWith("filtered ") ? [name.slice(9).split(",").length] : [])).at(-1));
    await expect.poll(asked).toBeGreaterThan(0);
    await expect.poll(() => unshown(page).count()).toBe(0);
    await page.byId("search-box").fill("nobody-has-this-name");
    await expect.poll(() => unshown(page).getAttribute("data-feed")).toBe("nobody");
    expect(page.problems).toEqual([]);
    await page.page.close();
  });
});
