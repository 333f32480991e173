// SPDX-License-Identifier: Apache-2.0
//
// The shares: what a click leads to, and what they are measured by.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, type MockPage, openBrowser } from "./page";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

async function open(address: string): Promise<MockPage> {
  const page = await browser.open(address);
  await page.byId("pie").locator("canvas").waitFor();
  await page.byId("share-link").first().waitFor();
  return page;
}

const hash = (page: MockPage) => new URL(page.page.url()).hash;

/** Where the middle of a slice is that begins at `from` and is `share` of the ring, clockwise from the top. */
async function middleOf(page: MockPage, from: number, share: number): Promise<{ x: number; y: number }> {
  const box = await page.byId("pie").boundingBox();
  if (box === null) throw new Error("there is no ring");
  const angle = (from + share / 2) * 2 * Math.PI;
  const radius = box.width * 0.39;
  return { x: box.x + box.width / 2 + radius * Math.sin(angle), y: box.y + box.height / 2 - radius * Math.cos(angle) };
}

describe("a slice", () => {
  it("opens its process's page where it is clicked, and that of the others none", async () => {
    const page = await open("?scene=steady&processes=30&rate=20");
    const parts = await page.byId("pie-table-row").evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset["bytes"])));
    const total = parts.reduce((sum, part) => sum + part, 0);
    const others = (parts.at(-1) ?? 0) / total;
    const rest = await middleOf(page, 1 - others, others);
    await page.page.mouse.click(rest.x, rest.y);
    expect(hash(page)).toBe("#/");
    const first = page.byId("pie-table-row").first();
    const [pid, name] = [await first.getAttribute("data-pid"), await first.getByTestId("share-link").innerText()];
    const largest = await middleOf(page, 0, (parts[0] ?? 0) / total);
    await page.page.mouse.move(largest.x, largest.y);
    await expect.poll(() => page.page.locator(".chart").getAttribute("title")).toBe(`Open the page of ${name}`);
    await page.page.mouse.click(largest.x, largest.y);
    await expect.poll(() => hash(page)).toMatch(new RegExp(`^#/process/${pid}-\\d+$`));
    await page.done();
  });

  it("opens it from its line by Enter, too, at the time that is looked at", async () => {
    const page = await open("?scene=steady&processes=30&rate=20");
    await page.page.locator("[data-last='5']").click();
    await page.page.locator("[data-testid=time-bar][data-mode=past]").waitFor();
    const link = page.byId("share-link").first();
    await link.focus();
    await page.press("Enter");
    await expect.poll(() => hash(page)).toMatch(/^#\/process\/\d+-\d+\?from=.*&to=/);
    await page.byId("process-title").waitFor();
    await page.done();
  });

  it("shows its process alone in the log by its id, and all again", async () => {
    const page = await open("?scene=steady&processes=30&rate=200");
    const only = page.byId("share-only").first();
    const pid = (await only.innerText()).trim();
    await only.focus();
    await page.press("Enter");
    await page.byId("log-only").waitFor();
    await expect.poll(() => page.byId("log-row").evaluateAll((rows) => [...new Set(rows.map((row) => (row as HTMLElement).dataset["pid"]))])).toEqual([pid]);
    expect(hash(page)).toMatch(new RegExp(`^#/\\?only=${pid}-\\d+$`));
    await page.page.locator("[data-testid=share-only][aria-pressed=true]").click();
    await expect.poll(() => page.byId("log-only").count()).toBe(0);
    expect(hash(page)).toBe("#/");
    await page.done();
  });
});

describe("the measure", () => {
  it("is what the shares are of", async () => {
    // So few that all are in sight, whatever they are sorted by.
    const page = await open("?scene=steady&processes=12&rate=20");
    for (const [measure, column] of [["held", "held"], ["virtualSize", "vsize"]] as const) {
      await page.byId("measure-switch").locator(`[data-value=${measure}]`).click();
      // Both move on: what is compared is read in one go.
      await expect
        .poll(() =>
          page.page.evaluate((cell) => {
            const share = document.querySelector<HTMLElement>("[data-testid=pie-table-row]");
            const row = document.querySelector(`[data-testid=process-row][data-pid="${share?.dataset["pid"]}"]`);
            const of = row?.querySelector<HTMLElement>(`[data-testid=${cell}-cell]`)?.dataset["bytes"];
            return of !== undefined && of === share?.dataset["bytes"];
          }, column),
        )
        .toBe(true);
    }
    await page.page.reload();
    await page.byId("share-link").first().waitFor();
    expect(await page.byId("measure-switch").locator("[data-value=virtualSize]").getAttribute("aria-checked")).toBe("true");
    await page.done();
  });
});

describe("the last minutes", () => {
  it("are shared without a database, and say since when, where the page was not there before", async () => {
    const page = await open("?scene=nodb&processes=20&rate=100");
    const total = async () => {
      const parts = await page.byId("pie-table-row").evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset["bytes"])));
      return parts.reduce((sum, part) => sum + part, 0);
    };
    const all = await total();
    expect(await page.byId("share-since").innerText()).toBe("since the capture began");
    await page.byId("share-span").locator("[data-value='15']").click();
    await expect.poll(() => page.byId("share-since").innerText()).toMatch(/^watched only since \d\d:\d\d:\d\d$/);
    // 12 s were before the page: what was asked for then is not in it, and what is now is.
    await expect.poll(total).toBeGreaterThan(0);
    expect(await total()).toBeLessThan(all);
    await page.byId("measure-switch").locator("[data-value=held]").click();
    expect(await page.byId("share-span").count()).toBe(0);
    await page.done();
  });

  it("are no choice in the past, which is a span itself", async () => {
    const page = await open("?scene=steady&processes=20&rate=20");
    await page.page.locator("[data-last='5']").click();
    await page.page.locator("[data-testid=time-bar][data-mode=past]").waitFor();
    await page.byId("share-link").first().waitFor();
    expect(await page.byId("share-span").count()).toBe(0);
    await page.done();
  });
});
