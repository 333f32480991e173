// SPDX-License-Identifier: Apache-2.0
//
// What the page says above everything else, in one or two lines.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, openBrowser } from "./page";

let english: Browser, spanish: Browser;
beforeAll(async () => {
  english = await openBrowser();
  spanish = await openBrowser({ locale: "es-ES" });
});
afterAll(() => Promise.all([english.close(), spanish.close()]));

describe("the header", () => {
  it("says since when, what memmond takes, and that nothing is missing", async () => {
    const page = await english.open("?rate=300&database=off");
    await expect.poll(() => page.byId("completeness").innerText()).toBe("none lost");
    expect(await page.byId("since").innerText()).toMatch(/\d\d:\d\d$/);
    await expect.poll(() => page.byId("service-load").innerText(), { timeout: 10_000 }).toMatch(/^\d+(\.\d+)?% CPU, 32\.8.MiB$/);
    await expect.poll(async () => Number(await page.byId("event-rate").innerText()), { timeout: 10_000 }).toBeGreaterThan(50);
    expect(await page.byId("byte-rate").innerText()).toMatch(/[KMG]iB/);
    await page.done();
  });

  it("says how many were lost before, as the band does", async () => {
    const page = await english.open("?rate=20");
    await page.byId("band-gap").first().waitFor({ state: "attached" });
    expect(await page.byId("completeness").innerText()).toMatch(/^gap: 18,516 events before \d\d:\d\d$/);
    await page.done();
  });

  it("says how many events are missing, and since when", async () => {
    const openedMs = Date.now();
    const page = await english.open("?scene=gap");
    await expect.poll(() => page.byId("completeness").innerText(), { timeout: 10_000 }).toMatch(/^gap: [\d,]+ events at \d\d:\d\d$/);
    const atMs = Number(await page.byId("completeness").getAttribute("data-at"));
    expect(atMs).toBeGreaterThan(openedMs);
    expect(atMs).toBeLessThanOrEqual(Date.now());
    await page.done();
  });

  const scenes: [scene: string, state: string][] = [
    ["broken", "reconnecting"],
    ["silent", "stale"],
    ["waiting", "waiting"],
    ["failed", "failed"],
    ["ended", "ended"],
    ["gap", "live"],
    ["down", "live"],
  ];
  it.each(scenes)("takes as much room when something is wrong as it does live, so that nothing below moves: %s", async (scene, state) => {
    for (const browser of [english, spanish]) {
      const page = await browser.open(`?rate=40&processes=9&scene=${scene}`);
      await page.page.locator(`[data-testid=connection-state][data-state=${state}]`).waitFor();
      // The last of its facts to come.
      await page.byId("service-load").getByText(/\d/).waitFor();
      const { height } = (await page.page.locator("header").boundingBox()) ?? { height: Infinity };
      expect(height).toBe(38);
      await page.page.close();
    }
  });
});
