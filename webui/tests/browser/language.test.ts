// SPDX-License-Identifier: Apache-2.0
//
// The dictionary of the language in use is loaded, and the other one when it is chosen.

import { describe, expect, it } from "vitest";
import { openBrowser } from "./page";

describe("a language", () => {
  it("is loaded alone and before anything is drawn; the other one when it is asked for, which is remembered", async () => {
    const browser = await openBrowser({ locale: "es-ES" });
    const page = await browser.open("?processes=12&rate=20");
    const loaded = () =>
      page.page.evaluate(() => performance.getEntriesByType("resource").flatMap(({ name }) => /\/(en|es)-[\w-]+\.js$/.exec(name)?.[1] ?? []));
    await page.rows().first().waitFor();
    expect(await loaded()).toEqual(["es"]);
    expect(await page.byId("time-text").innerText()).toBe("Lo que pasa ahora");
    await page.byId("language-switch").click();
    await expect.poll(() => page.byId("time-text").innerText()).toBe("What happens now");
    expect(await loaded()).toEqual(["es", "en"]);
    expect(await page.page.locator("html").getAttribute("lang")).toBe("en");
    await page.page.reload();
    await page.rows().first().waitFor();
    expect(await loaded()).toEqual(["en"]);
    expect(page.problems).toEqual([]);
    await browser.close();
  });

  it("has what a process's own page says once that is opened, in the other language, too", async () => {
    const browser = await openBrowser({ locale: "es-ES" });
    const page = await browser.open("?processes=6&rate=100");
    const details = () => page.page.evaluate(() => performance.getEntriesByType("resource").filter(({ name }) => name.includes("/details-")).length);
    await page.rows().first().waitFor();
    expect(await details()).toBe(0);
    await page.rows().first().getByTestId("process-link").click();
    await expect.poll(() => page.byId("calls").locator("h3").innerText()).toBe("Llamadas");
    expect(await details()).toBe(1);
    await page.byId("language-switch").click();
    await expect.poll(() => page.byId("calls").locator("h3").innerText()).toBe("Calls");
    expect(page.problems).toEqual([]);
    await browser.close();
  });

  it("stays what it is where the other one cannot be had", async () => {
    const browser = await openBrowser();
    const page = await browser.open("?processes=12&rate=20");
    await page.rows().first().waitFor();
    await page.page.route(/\/es-[\w-]+\.js$/, (route) => route.abort());
    await Promise.all([page.page.waitForEvent("requestfailed"), page.byId("language-switch").click()]);
    expect(await page.byId("time-text").innerText()).toBe("What happens now");
    expect(await page.page.locator("html").getAttribute("lang")).toBe("en");
    await browser.close();
  });
});
