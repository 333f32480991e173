// SPDX-License-Identifier: Apache-2.0
//
// Looking at the past: the bar of time, what a range shows, and why there may be none.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localText } from "@/domain/localTime";
import { banded, dragBand } from "./band";
import { type Browser, type MockPage, openBrowser } from "./page";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const mode = (page: MockPage) => page.byId("time-bar").getAttribute("data-mode");

/** The range as the address says it, ms. */
function rangeOf(page: MockPage): { fromMs: number; toMs: number } {
  const params = new URLSearchParams(page.page.url().split("#")[1]?.split("?")[1] ?? "");
  return { fromMs: Date.parse(params.get("from") ?? ""), toMs: Date.parse(params.get("to") ?? "") };
}

describe("the bar of time", () => {
  it("goes to the past and back to live, and says which of both it is", async () => {
    const page = await browser.open("?processes=12&rate=20");
    await page.rows().first().waitFor();
    expect(await mode(page)).toBe("live");
    expect(await page.byId("time-text").innerText()).toBe("What happens now");
    await page.page.locator("[data-last='60']").click();
    await page.byId("past-tiles").waitFor();
    expect(await mode(page)).toBe("past");
    // Whoever loads the page anew looks at the same, and it says so.
    await page.page.reload();
    const pressed = () => page.page.locator("[data-last][aria-pressed=true]").evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset["last"]));
    await expect.poll(pressed).toEqual(["60"]);
    await page.byId("past-tiles").waitFor();
    expect(await page.byId("time-text").innerText()).toMatch(/^The past: .*\d\d:\d\d.*\(1 hr\)$/);
    expect(await page.byId("connection-state").innerText()).toBe("Connected");
    expect(await page.byId("pause-button").count()).toBe(0);
    await page.byId("to-live").click();
    await page.byId("event-rate").waitFor();
    expect(await mode(page)).toBe("live");
    expect(await page.byId("connection-state").innerText()).toBe("Live");
    await page.done();
  });

  it("chooses by drag, says it in the address, and the way back leads back", async () => {
    const page = await browser.open("?processes=12&rate=20");
    await banded(page);
    await dragBand(page, 0.25, 0.5);
    await page.byId("past-tiles").waitFor();
    const first = rangeOf(page);
    expect((first.toMs - first.fromMs) / 60_000).toBeCloseTo(15, 0);
    // An end by itself, then the range as a whole.
    await dragBand(page, 0.5, 0.75);
    await expect.poll(() => (rangeOf(page).toMs - rangeOf(page).fromMs) / 60_000).toBeGreaterThan(28);
    await dragBand(page, 0.4, 0.3);
    await expect.poll(() => rangeOf(page).fromMs).toBeLessThan(first.fromMs);
    await page.page.goBack();
    await page.page.goBack();
    await expect.poll(() => rangeOf(page)).toEqual(first);
    await page.page.goBack();
    await expect.poll(() => mode(page)).toBe("live");
    await page.done();
  });

  it("takes an end wherever its handle is pressed", async () => {
    const page = await browser.open("?processes=12&rate=20");
    await banded(page);
    await dragBand(page, 0.25, 0.5);
    await page.byId("past-tiles").waitFor();
    const { fromMs, toMs } = rangeOf(page);
    const handle = await page.byId("range-to").boundingBox();
    if (handle === null) throw new Error("there is no handle");
    const [x, y] = [handle.x + handle.width - 2, handle.y + handle.height / 2];
    await page.page.mouse.move(x, y);
    await page.page.mouse.down();
    await page.page.mouse.move(x + 60, y, { steps: 3 });
    await page.page.mouse.up();
    await expect.poll(() => rangeOf(page).toMs).toBeGreaterThan(toMs);
    expect(rangeOf(page).fromMs).toBe(fromMs);
    await page.done();
  });

  it("takes the end that is meant of a range that is narrower than its handles", async () => {
    const page = await browser.open("?processes=12&rate=20");
    await banded(page);
    await dragBand(page, 0.4, 0.5);
    await page.byId("past-tiles").waitFor();
    const [{ fromMs, toMs: endMs }, band] = [rangeOf(page), await page.byId("band").boundingBox()];
    if (band === null) throw new Error("there is no band");
    const toMs = fromMs + Math.round(((endMs - fromMs) / (band.width * 0.1)) * 2);
    await page.page.evaluate((hash) => (location.hash = hash), `#/?from=${new Date(fromMs).toISOString()}&to=${new Date(toMs).toISOString()}`);
    await expect.poll(() => rangeOf(page)).toEqual({ fromMs, toMs });
    // Two pixels wide, and pressed right of that.
    const [x, y] = [band.x + band.width * 0.4 + 4, band.y + 20];
    await page.page.mouse.move(x, y);
    await page.page.mouse.down();
    await page.page.mouse.move(x + 90, y, { steps: 3 });
    await page.page.mouse.up();
    await expect.poll(() => rangeOf(page).toMs).toBeGreaterThan(toMs);
    expect(rangeOf(page).fromMs).toBe(fromMs);
    await page.done();
  });

  it("is moved by the keyboard, one step of the way back for all of it", async () => {
    const page = await browser.open("?processes=12&rate=20");
    await page.page.locator("[data-last='60']").click();
    await page.byId("past-tiles").waitFor();
    const before = rangeOf(page);
    await page.byId("range-from").focus();
    await page.press("ArrowRight", "ArrowRight", "PageUp");
    await expect.poll(() => rangeOf(page)).toEqual({ fromMs: before.fromMs + 12 * 60_000, toMs: before.toMs });
    expect(await page.byId("range-from").getAttribute("aria-valuenow")).toBe(String(rangeOf(page).fromMs / 1_000));
    await page.press("Shift+ArrowLeft");
    await expect.poll(() => rangeOf(page)).toEqual({ fromMs: before.fromMs + 11 * 60_000, toMs: before.toMs - 60_000 });
    await page.page.goBack();
    await expect.poll(() => mode(page)).toBe("live");
    await page.done();
  });

  it("takes exact times, and none that run backwards", async () => {
    const page = await browser.open("?processes=12&rate=20");
    await page.byId("exact-times").click();
    // Browsers leave out seconds that are 0.
    const toMs = Math.floor(Date.now() / 60_000) * 60_000 - 60_000 + 7_000;
    await page.byId("exact-from").fill(localText(toMs - 600_000));
    await page.byId("exact-to").fill("2001-01-01T00:00:01");
    expect(await page.byId("exact-show").isDisabled()).toBe(true);
    await page.page.getByRole("alert").waitFor();
    await page.byId("exact-to").fill(localText(toMs));
    await page.byId("exact-show").click();
    await page.byId("past-tiles").waitFor();
    expect(rangeOf(page)).toEqual({ fromMs: toMs - 600_000, toMs });
    await page.done();
  });

  it("shows the same time again where its fields are left as they were, in an hour that comes twice, too", async () => {
    const madrid = await openBrowser({ zone: "Europe/Madrid" });
    const range = { fromMs: Date.UTC(2025, 9, 26, 1, 10, 0, 250), toMs: Date.UTC(2025, 9, 26, 1, 40) };
    const page = await madrid.open(`?processes=6&rate=20#/?from=${range.fromMs}&to=${range.toMs}`);
    await page.byId("exact-times").click();
    expect(await page.byId("exact-from").inputValue()).toMatch(/^2025-10-26T02:10/);
    await page.byId("exact-to").fill("2025-10-26T02:30");
    await page.byId("exact-show").click();
    await expect.poll(() => rangeOf(page)).toEqual({ fromMs: range.fromMs, toMs: range.toMs - 600_000 });
    await page.done();
    await madrid.close();
  });
});

describe("a range", () => {
  it("is the same for whoever opens its address", async () => {
    const toMs = Math.floor(Date.now() / 60_000) * 60_000 - 2 * 3_600_000;
    const address = `?processes=12&rate=20#/?from=${toMs - 1_800_000}&to=${new Date(toMs).toISOString()}`;
    const seen = [];
    for (let visit = 0; visit < 2; visit++) {
      const page = await browser.open(address);
      await page.byId("past-tiles").waitFor();
      const bytes = page.byId("past-requested");
      seen.push([await page.byId("time-text").innerText(), await bytes.getAttribute("data-bytes")]);
      // The whole is what its parts are, others included.
      const parts = await page.byId("pie-table-row").evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset["bytes"] ?? ""));
      expect(parts.reduce((sum, part) => sum + BigInt(part), 0n)).toBe(BigInt((await bytes.getAttribute("data-bytes")) ?? ""));
      await page.done();
    }
    expect(seen[0]?.[0]).toBe(seen[1]?.[0]);
    expect(Number(seen[0]?.[1])).toBeGreaterThan(0);
  });

  it("says whether events of it were lost", async () => {
    const minute = 60_000;
    const now = Math.floor(Date.now() / minute) * minute;
    const lossy = await browser.open(`?processes=12&rate=20#/?from=${now - 40 * minute}&to=${now - 15 * minute}`);
    await lossy.byId("past-note").waitFor();
    expect(await lossy.byId("past-note").getAttribute("data-complete")).toBe("false");
    expect(await lossy.byId("past-note").innerText()).toContain("312 events were lost");
    await lossy.byId("band-gap").first().waitFor();
    await lossy.done();
    const whole = await browser.open(`?processes=12&rate=20#/?from=${now - 15 * minute}&to=${now - 5 * minute}`);
    await whole.byId("past-note").waitFor();
    expect(await whole.byId("past-note").getAttribute("data-complete")).toBe("true");
    await whole.done();
  });

  it("has its log, older ones as one scrolls, and one process of it", async () => {
    const toMs = Math.floor(Date.now() / 60_000) * 60_000 - 3_600_000;
    const page = await browser.open(`?processes=30&rate=20#/?from=${toMs - 7_200_000}&to=${toMs}`);
    await page.byId("log-row").first().waitFor();
    const table = page.page.locator("[aria-labelledby=log-title][role=table]");
    const count = async () => Number(await table.getAttribute("aria-rowcount"));
    const first = await count();
    const body = table.locator(".body");
    await body.evaluate((box) => (box.scrollTop = box.scrollHeight));
    await expect.poll(count).toBeGreaterThan(first);
    // To the end, however many pages that takes.
    await expect
      .poll(
        async () => {
          await body.evaluate((box) => (box.scrollTop = box.scrollHeight));
          return page.byId("log-end").getAttribute("data-state");
        },
        { timeout: 30_000 },
      )
      .toBe("all");
    await page.rows().first().getByTestId("held-cell").click();
    const pid = await page.rows().first().getAttribute("data-pid");
    await expect
      .poll(async () => [...new Set(await page.byId("log-row").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-pid"))))])
      .toEqual([pid]);
    await page.done();
  });
});

describe("without history", () => {
  it("shows what this page remembers, why that is all, and what to type", async () => {
    const page = await browser.open("?scene=nodb&processes=12&rate=200");
    await page.byId("history-off").getByText("How to keep it").click();
    const commands = page.byId("history-off").getByTestId("command");
    await expect.poll(() => commands.allInnerTexts()).toEqual(['database = "host=/run/postgresql dbname=memmon"', "sudo systemctl restart memmond"]);
    expect(await page.byId("history-off").innerText()).toContain("--database=postgresql:///memmon");
    expect(await page.byId("remembered").innerText()).toMatch(/^Only what this page remembers/);
    expect(await page.page.locator("[data-last='60']").count()).toBe(0);
    await expect.poll(async () => Number(await page.byId("band").getAttribute("data-steps"))).toBeGreaterThan(0);
    await page.done();
  });

  it.each([
    ["nodb", "off"],
    ["old", "old"],
    ["down", "down"],
    ["denied", "denied"],
  ])("says why a link to the past shows nothing: %s", async (scene, kind) => {
    const page = await browser.open(`?scene=${scene}&processes=12&rate=20#/?from=${Date.now() - 600_000}&to=${Date.now()}`);
    await page.byId("history-notice").waitFor();
    expect(await page.byId("history-notice").getAttribute("data-kind")).toBe(kind);
    expect(await page.rows().count()).toBe(0);
    await page.byId("history-to-live").click();
    await page.rows().first().waitFor();
    await page.done();
  });
});
