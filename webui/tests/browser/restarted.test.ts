// SPDX-License-Identifier: Apache-2.0
//
// A range in which memmond did not run for half an hour, and began anew: what is not known is no figure.

import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, type MockPage, openBrowser } from "./page";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const hour = 3_600_000;
const now = Math.floor(Date.now() / 60_000) * 60_000;
/** From so many hours ago on, until so many. */
async function open(from: number, to: number, view = "columns=pid.name.user.held.requested.rate.trend", shows = "past-note"): Promise<MockPage> {
  const page = await browser.open(`?scene=restarted&processes=20&rate=20#/?from=${now - from * hour}&to=${now - to * hour}&${view}`);
  await page.byId(shows).first().waitFor();
  return page;
}
/** What of an export says how whole it is, and its lines. */
async function saved(page: MockPage, menu: string, format: string): Promise<string> {
  await page.byId(menu).getByTestId("export-button").click();
  const [download] = await Promise.all([page.page.waitForEvent("download"), page.page.locator(`[data-format=${format}]`).click()]);
  return readFile(await download.path(), "utf8");
}

describe("a range with a time in which memmond did not run", () => {
  it("is not complete, though nothing was lost, and says when that was, as the band and the charts do", async () => {
    const page = await open(5, 2);
    expect(await page.byId("past-note").getAttribute("data-complete")).toBe("false");
    expect(await page.byId("past-note").innerText()).toMatch(/^memmond did not run: .* \(30 min\)\./);
    expect(await page.byId("past-down").innerText()).toBe("did not run for 30 min");
    await expect.poll(() => page.byId("band-gap").allTextContents()).toContainEqual(expect.stringMatching(/: memmond did not run$/));
    expect((await page.byId("band-gap").allTextContents()).filter((text) => /events lost/.test(text))).toEqual([]);
    expect(await page.byId("past-over").innerText()).toBe("over 2 hr 30 min of 3 hr");
    const sheet = JSON.parse(await saved(page, "table-export", "json")) as Record<string, unknown>;
    expect(sheet).toMatchObject({ lost_records: 0, unrecorded_seconds: 1_800 });
    expect(await saved(page, "band-export", "csv")).toMatch(/\r\nnot running,/);
    await page.rows().first().getByTestId("process-link").click();
    await page.byId("course-down").waitFor();
    expect(await page.byId("course").innerText()).not.toContain("events lost");
    const chart = page.byId("time-chart").first();
    await chart.focus();
    await page.press("Home", ...Array.from({ length: 35 }, () => "ArrowRight"));
    await expect.poll(() => chart.getAttribute("aria-valuetext")).toMatch(/ · memmond did not run$/);
    await page.done();
  });

  it("tells of its end what was when memmond ended, where that is in it", async () => {
    const page = await open(5, 3.25);
    const [, down] = /did not run: (\d\d:\d\d(?::\d\d)?) – /.exec(await page.byId("past-note").innerText()) ?? [];
    expect(await page.byId("past-note").innerText()).toMatch(new RegExp(`Held and virtual size are those of ${down}(:00)?; `));
    await page.done();
  });

  it("has no figure at all where that is all of it", async () => {
    const page = await open(3.4, 3.2);
    expect(await page.byId("past-note").innerText()).toMatch(/^memmond did not run: /);
    expect(await page.byId("past-tiles").count()).toBe(0);
    await page.done();
  });
});

describe("a range in which memmond began anew", () => {
  it("has no calls and no change of processes that were there before, and puts them last", async () => {
    const page = await open(5, 0, "sort=-trend&ended=no&columns=pid.name.held.requested.rate.trend");
    await page.byId("past-anew").waitFor();
    // Lines are not in the document's order. In one look: the tiles come later, and leave room for fewer.
    const rows = await page.rows().evaluateAll((all) => {
      const lacks = (one: Element, column: string) => one.querySelector(`[data-none=${column}]`) !== null;
      const topDown = all.sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top);
      return topDown.map((one) => ({ trend: lacks(one, "trend"), rate: lacks(one, "rate"), requested: lacks(one, "requested") }));
    });
    const trends = rows.map(({ trend }) => trend);
    expect(trends).toContain(true);
    expect(trends).toContain(false);
    expect(trends).toEqual([...trends].sort((a, b) => Number(a) - Number(b)));
    expect(rows.map(({ rate }) => rate)).toEqual(trends);
    // What they requested in all of it is stored.
    expect(rows.some(({ requested }) => requested)).toBe(false);
    await page.done();
  });

  it("has all of them where it began before it or after it", async () => {
    for (const [from, to] of [[2, 1], [8, 4]] as const) {
      const page = await open(from, to);
      await page.rows().first().waitFor();
      expect(await page.byId("past-anew").count()).toBe(0);
      expect(await page.page.locator("[data-ended=false] [data-none=trend]").count()).toBe(0);
      await page.done();
    }
  });
});

describe("a comparison with a range in which memmond began anew", () => {
  it("says so, and wherever a figure is not known for that", async () => {
    const page = await open(5, 2, `with=${new Date(now - 8 * hour).toISOString()}/${new Date(now - 5 * hour).toISOString()}`, "compared");
    expect(await page.byId("comparison-doubt").allInnerTexts()).toContainEqual(expect.stringMatching(/^memmond restarted in A \(.*\): /));
    const unknown = page.page.locator("[data-testid=comparison] td.calls [data-testid=no-figure]");
    const titles = await unknown.evaluateAll((all) => all.map((one) => (one as HTMLElement).title));
    expect(titles.filter((title) => title === "Not known: memmond restarted in A, and counts from there on").length).toBeGreaterThan(0);
    expect(titles.filter((title) => !title.startsWith("Not known: "))).toEqual([]);
    await page.done();
  });
});

describe("a process that began and ended in a range", () => {
  it("is not root's, but of nobody that is known, and its own page says whose it was", async () => {
    const page = await open(5, 0, "filter=cc1plus&columns=pid.name.user.container.cgroup.requested");
    const gone = page.rows().filter({ hasText: "cc1plus" }).first();
    expect(await gone.locator("[data-none]").allInnerTexts()).toEqual([0, 1, 2].map(() => expect.stringMatching(/^not known/)));
    await page.arrange("user");
    const group = page.page.locator("[data-testid=group-row][data-name='?']");
    expect(await group.innerText()).toMatch(/^not known/);
    const sheet = JSON.parse(await saved(page, "table-export", "json")) as { processes: { name: string; line: string; uid: unknown }[] };
    expect(sheet.processes.find(({ name }) => name === "not known")?.line).toBe("group");
    await page.arrange("list");
    await gone.getByTestId("process-link").click();
    await expect.poll(() => page.byId("process-user").innerText()).toBe("user 1000");
    await page.done();
  });
});
