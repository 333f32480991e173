// SPDX-License-Identifier: Apache-2.0
//
// What the page tells by itself: alerts, growth that does not come back, and what it is for.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, type MockPage, openBrowser } from "./page";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

async function open(address: string): Promise<MockPage> {
  const page = await browser.open(address);
  await page.rows().first().waitFor();
  return page;
}

interface Rule {
  readonly kind: "held" | "growth" | "noMemory";
  readonly amount?: string;
  readonly unit?: "MiB" | "GiB";
  readonly pattern?: string;
}

async function setAlert(page: MockPage, { kind, amount, unit, pattern }: Rule): Promise<void> {
  await page.byId("alert-form").waitFor();
  await page.byId("alert-kind").selectOption(kind);
  if (amount !== undefined) await page.byId("alert-amount").fill(amount);
  if (unit !== undefined) await page.byId("alert-unit").selectOption(unit);
  await page.byId("alert-pattern").fill(pattern ?? "");
  await page.byId("alert-add").click();
}

describe("an alert", () => {
  it("of a refused request is told at the bell, listed, and leads to the process", async () => {
    const page = await open("?scene=steady&processes=4&rate=300");
    await page.press("a");
    await page.byId("alert-form").waitFor();
    await page.byId("alert-kind").selectOption("noMemory");
    await page.byId("alert-pattern").fill("firefox*");
    // What comes while the window is open is seen, and rings no more: it closes as the alert is set.
    await page.page.evaluate(() => {
      document.querySelector<HTMLElement>("[data-testid=alert-add]")?.click();
      document.querySelector<HTMLDialogElement>("dialog[open]")?.close();
    });
    await expect.poll(() => page.byId("alerts-count").count(), { timeout: 20_000 }).toBe(1);
    expect(await page.byId("alerts-button").getAttribute("aria-label")).toMatch(/Alerts: \d+ new alert/);
    await page.byId("alerts-button").click();
    expect(await page.byId("alert-rule").innerText()).toContain("A process named firefox* is refused memory");
    const alarm = page.byId("alarm").first();
    expect(await alarm.innerText()).toMatch(/firefox-esr \(\d+\) was refused memory .*ENOMEM/s);
    // Seen once, it rings no more.
    await expect.poll(() => page.byId("alerts-count").count()).toBe(0);
    const pid = await alarm.getAttribute("data-pid");
    await alarm.getByTestId("alarm-link").click();
    await expect.poll(() => page.byId("process-title").innerText()).toBe(`firefox-esr, process ${pid}`);
    expect(await page.byId("alerts").count()).toBe(0);
    await page.done();
  });

  it("of a limit lists who is over it already, and rings for who comes over it", async () => {
    const page = await open("?scene=leak&processes=30&rate=300");
    await page.byId("alerts-button").click();
    await setAlert(page, { kind: "held", amount: "1", unit: "MiB", pattern: "clang" });
    const alarm = page.byId("alarm").first();
    await alarm.waitFor();
    expect(await alarm.innerText()).toMatch(/clang \(\d+\) holds more than 1\.00\sMiB: up to .* It was so before/s);
    await page.press("Escape");
    // Old news do not ring.
    expect(await page.byId("alerts-count").count()).toBe(0);
    await page.press("a");
    await setAlert(page, { kind: "growth", amount: "8", unit: "MiB", pattern: "node" });
    await page.page.locator("[data-testid=alarm][data-kind=growth]").first().waitFor({ timeout: 20_000 });
    await page.done();
  });

  it("outlives the visit until it is removed", async () => {
    const page = await open("?scene=steady&processes=9&rate=20");
    await page.press("a");
    await setAlert(page, { kind: "held", amount: "2.5", unit: "GiB" });
    await page.page.reload();
    await page.rows().first().waitFor();
    await page.press("a");
    expect(await page.byId("alert-rule").innerText()).toContain("Any process holds more than 2.50\u00a0GiB");
    await page.byId("alert-remove").click();
    await expect.poll(() => page.byId("alert-rule").count()).toBe(0);
    await page.page.reload();
    await page.rows().first().waitFor();
    await page.press("a");
    await page.byId("no-alarms").waitFor();
    expect(await page.byId("alert-rule").count()).toBe(0);
    await page.done();
  });

  it("says where its figure may be late, and what it cannot have seen", async () => {
    const page = await open("?scene=uncertain&processes=9&rate=100");
    await page.press("a");
    await setAlert(page, { kind: "held", amount: "0.1", unit: "MiB" });
    await expect.poll(() => page.byId("alarm").allInnerTexts(), { timeout: 10_000 }).toSatisfy((texts: string[]) => texts.some((text) => text.includes("may be late")));
    await page.done();
    const gap = await open("?scene=gap&processes=9&rate=5");
    await gap.byId("log-gap").first().waitFor();
    await gap.press("a");
    await expect.poll(() => gap.byId("alerts-missing").innerText()).toMatch(/^Since [\d:]+( [AP]M)? records were lost on the way to memmond/);
    await gap.done();
  });

  it("takes no limit that is none", async () => {
    const page = await open("?scene=steady&processes=9&rate=20");
    await page.press("a");
    await page.byId("alert-form").waitFor();
    for (const amount of ["0", "-3", ""]) {
      await page.byId("alert-amount").fill(amount);
      expect(await page.byId("alert-add").isDisabled(), amount).toBe(true);
    }
    await page.done();
  });
});

describe("a browser's notification", () => {
  /** Notes what the page shows the browser, and whether it asked; hides the page when told to. */
  async function watchNotifications(page: MockPage): Promise<void> {
    await page.page.addInitScript(() => {
      const seen: { asked: number; shown: string[] } = { asked: 0, shown: [] };
      const Note = Object.assign(
        function (title: string, options?: NotificationOptions) {
          seen.shown.push(`${title}: ${options?.body ?? ""}`);
        },
        {
          permission: "default",
          requestPermission() {
            seen.asked++;
            Note.permission = "granted";
            return Promise.resolve("granted");
          },
        },
      );
      Object.assign(window, { Notification: Note, seen });
    });
    await page.page.reload();
    await page.rows().first().waitFor();
  }
  const seen = (page: MockPage) => page.page.evaluate(() => (window as unknown as { seen: { asked: number; shown: string[] } }).seen);

  it("is asked for on a click alone, and comes while the page is hidden", async () => {
    const page = await open("?scene=steady&processes=4&rate=300");
    await watchNotifications(page);
    await page.press("a");
    await setAlert(page, { kind: "noMemory" });
    expect((await seen(page)).asked).toBe(0);
    await page.byId("notify").check();
    await expect.poll(() => page.byId("notify-note").innerText()).toContain("goes on when it is hidden");
    expect((await seen(page)).asked).toBe(1);
    await page.press("Escape");
    const before = (await seen(page)).shown.length;
    await page.page.evaluate(() => {
      Object.defineProperty(document, "hidden", { value: true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    expect(await page.page.locator("[data-state=paused]").count()).toBe(0);
    await expect.poll(async () => (await seen(page)).shown.length, { timeout: 20_000 }).toBeGreaterThan(before);
    expect((await seen(page)).shown.at(-1)).toMatch(/^memmon · ceiba: .*ENOMEM/);
    await page.done();
  });

  it("is the browser's own where that allows it", async () => {
    const page = await open("?scene=steady&processes=4&rate=20");
    await page.page.context().grantPermissions(["notifications"]);
    await page.press("a");
    await page.byId("notify").check();
    await expect.poll(() => page.byId("notify-note").innerText()).toContain("goes on when it is hidden");
    expect(await page.page.evaluate(() => Notification.permission)).toBe("granted");
    // It is still so at the next visit.
    await page.page.reload();
    await page.rows().first().waitFor();
    await page.press("a");
    expect(await page.byId("notify").isChecked()).toBe(true);
    await page.page.context().clearPermissions();
    await page.done();
  });

  it("is not there for who has not asked: the hidden page rests", async () => {
    const page = await open("?scene=steady&processes=4&rate=300");
    await watchNotifications(page);
    await page.press("a");
    await setAlert(page, { kind: "noMemory" });
    await page.page.evaluate(() => {
      Object.defineProperty(document, "hidden", { value: true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await page.page.locator("[data-state=paused]").waitFor();
    expect(await seen(page)).toEqual({ asked: 0, shown: [] });
    await page.done();
  });
});

describe("growth that does not come back", () => {
  it("names who gives nothing back, with what shows it", async () => {
    const page = await open("?scene=leak&processes=12&rate=300");
    await page.press("g");
    const node = page.page.locator("[data-testid=suspect][data-name=node]").first();
    await node.waitFor({ timeout: 30_000 });
    await expect.poll(async () => Number(await node.getAttribute("data-per-minute"))).toBeGreaterThan(2 ** 20);
    expect(await node.innerText()).toMatch(/100\.0%\s+100\.0%/);
    expect(await node.locator("svg path").getAttribute("d")).toContain("L");
    const pid = (await node.locator(".note").innerText()).trim();
    await node.getByTestId("suspect-link").click();
    await expect.poll(() => page.byId("process-title").innerText()).toBe(`node, process ${pid}`);
    // Its own page says it, too.
    expect(Number(await page.byId("growth").getAttribute("data-bytes"))).toBeGreaterThan(2 ** 20);
    expect(await page.byId("growth").innerText()).toMatch(/It holds [\d.,]+\s[MG]iB more than at [\d:]+, .* kept 100\.0% of all that came/);
    await page.done();
  });

  it("names nobody before there was time to see it", async () => {
    const page = await open("?scene=leak&processes=12&rate=20");
    await page.byId("suspects-button").click();
    await page.byId("no-suspects").waitFor();
    await expect.poll(() => page.byId("suspects").locator(".bar .note").innerText()).toContain("This page has watched since");
    await page.done();
  });
});

describe("the first visit", () => {
  it("is told what the page is, in three sentences, and never again", async () => {
    const page = await browser.open("?scene=steady&processes=9&rate=20", "first");
    const text = await page.byId("welcome").locator("p").innerText();
    expect(text.match(/[.](\s|$)/g)).toHaveLength(3);
    await page.byId("welcome-close").click();
    expect(await page.byId("welcome").count()).toBe(0);
    // Who has seen it once, and did not close it, has been told as well.
    await page.page.evaluate(() => localStorage.clear());
    await page.page.reload();
    await page.byId("welcome").waitFor();
    await page.page.reload();
    await page.rows().first().waitFor();
    expect(await page.byId("welcome").count()).toBe(0);
    await page.done();
  });
});
