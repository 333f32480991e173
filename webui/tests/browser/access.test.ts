// SPDX-License-Identifier: Apache-2.0
//
// A memmond that does not let the page see anything, or not all: why, and what to do about it.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, type MockPage, openBrowser } from "./page";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

const state = (page: MockPage) => page.byId("connection-state").getAttribute("data-state");

describe("a memmond that wants its token", () => {
  it("has it asked for, again where it is wrong, and is live with the right one", async () => {
    const page = await browser.open("?scene=token&processes=6&rate=20");
    await page.byId("token-field").waitFor();
    expect(await state(page)).toBe("token");
    // Whoever opens the page can type at once.
    expect(await page.page.evaluate(() => document.activeElement?.id)).toBe("token-field");
    await page.byId("token-field").fill("wrong");
    await page.press("Enter");
    await expect.poll(() => page.byId("token-wrong").innerText()).toBe("That is not the token that memmond was given. Try again.");
    expect(await page.byId("token-field").getAttribute("aria-invalid")).toBe("true");
    await page.byId("token-field").fill("letmein");
    await page.byId("token-send").click();
    await page.rows().first().waitFor();
    expect(await page.byId("token-dialog").count()).toBe(0);
    expect(await page.byId("access-notice").count()).toBe(0);
    expect(await state(page)).toBe("live");
    await page.done();
  });

  it("waits where the window is closed, says so, and can be given it later", async () => {
    const page = await browser.open("?scene=token&processes=6&rate=20");
    await page.byId("token-field").waitFor();
    await page.press("Escape");
    await page.byId("token-dialog").waitFor({ state: "detached" });
    expect(await page.byId("access-notice").innerText()).toContain("memmond asks for its token");
    expect(await page.byId("retry-now").count()).toBe(0);
    await page.byId("enter-token").click();
    await page.byId("token-field").fill("letmein");
    await page.press("Enter");
    await page.rows().first().waitFor();
    await page.done();
  });
});

describe("a memmond that refuses", () => {
  it.each([
    ["outdated", "old", "memmond too old", "This memmond is older than its page"],
    ["forbidden", "forbidden", "Not allowed", "memmond does not let this page in"],
  ])("is told apart from one that cannot be reached: %s", async (scene, name, badge, title) => {
    const page = await browser.open(`?scene=${scene}`);
    await page.byId("access-notice").waitFor();
    expect(await state(page)).toBe(name);
    expect(await page.byId("connection-state").locator("span:not(.dot)").innerText()).toBe(badge);
    expect(await page.byId("access-notice").locator("h2").innerText()).toBe(title);
    expect(await page.byId("table-empty").innerText()).toBe("Nothing to show: memmond does not answer this page.");
    await page.done();
  });

  it("says how this page's name would be allowed", async () => {
    const page = await browser.open("?scene=forbidden");
    const notice = page.byId("access-notice");
    // What runs is told, and not a second one started beside it.
    await expect.poll(() => notice.getByTestId("command").allInnerTexts()).toEqual(['allow_host = "127.0.0.1"', "sudo systemctl restart memmond"]);
    expect(await notice.innerText()).toContain("/etc/memmon/memmond.toml");
    expect(await notice.innerText()).toContain("started by hand, end it and start it with --allow-host=127.0.0.1");
    await page.done();
  });
});

describe("a memmond that keeps addresses to itself", () => {
  it("has no figure in their place, but why there is none", async () => {
    const page = await browser.open("?scene=hidden&steady&processes=6&rate=100");
    const address = page.byId("log-row").first().locator(".address");
    await address.waitFor();
    expect(await address.innerText()).toBe("–");
    expect(await address.getAttribute("title")).toBe("Hidden: memmond shows it only with a token.");
    expect(await page.byId("log-row").allInnerTexts()).not.toContainEqual(expect.stringContaining("0x"));
    await page.rows().first().getByTestId("process-link").click();
    await page.byId("map-problem").waitFor();
    expect(await page.byId("map-problem").getAttribute("data-kind")).toBe("denied");
    expect(await page.byId("map-problem").innerText()).toContain("only with a token");
    expect(await page.byId("process-command").innerText()).toContain("only with a token");
    await page.done();
  });
});

describe("a memmond that is away", () => {
  /** All that somebody can have chosen, on the dashboard and on a process's page. */
  async function choices({ page }: MockPage): Promise<unknown> {
    return page.evaluate(() => {
      const all = (selector: string, what: (element: HTMLElement) => unknown) => [...document.querySelectorAll<HTMLElement>(selector)].map(what);
      return {
        address: location.hash,
        title: all("[data-testid=process-title]", ({ textContent }) => textContent),
        time: all("[data-testid=time-bar]", ({ dataset }) => dataset["mode"]),
        pins: all("[data-pinned=true]", ({ dataset }) => dataset["pid"]).sort(),
        open: all("[data-testid=group-row][aria-expanded=true]", ({ dataset }) => dataset["name"]).sort(),
        only: all("[data-testid=log-only]", ({ textContent }) => textContent),
        // But for the largest ten, of which whoever is chosen may be one now, and not in a moment: see `only`.
        pressed: all(":is([aria-pressed=true], [aria-checked=true]):not([data-testid=share-only])", ({ textContent }) => textContent?.trim()),
        fields: all("main input, main select", (field) => (field as HTMLInputElement).value),
        firstOfLog: all("[data-testid=log-row]", ({ dataset }) => dataset["id"])[0],
      };
    });
  }

  /** As a click does, while the page's clock stands still. */
  const click = ({ page }: MockPage, selector: string) => page.locator(selector).first().evaluate((element) => (element as HTMLElement).click());

  it.each([
    [
      "on the dashboard",
      async (page: MockPage) => {
        await click(page, "[data-testid=pin-button]");
        for (const chosen of [
          "[data-testid=arrangement] [data-value=program]",
          "[data-testid=sort-name]",
          "[data-testid=measure-switch] [data-value=held]",
          "[data-testid=kind-filter] [data-kind]:nth-of-type(2)",
          "[data-testid=pause-button]",
        ]) {
          await click(page, chosen);
        }
        await page.byId("search-box").evaluate((field) => {
          (field as HTMLInputElement).value = "postgres";
          field.dispatchEvent(new Event("input"));
        });
        for (const chosen of ["[data-testid=group-row][data-name=postgres]", "[data-testid=process-row]:not([data-pinned=true])"]) {
          await page.page.clock.runFor(300);
          await click(page, chosen);
        }
      },
      { open: ["postgres"], pins: [expect.anything()], only: [expect.stringContaining("postgres")], fields: expect.arrayContaining(["postgres"]) },
      /^Live$/,
    ],
    [
      "on a process's page, in a range",
      async (page: MockPage) => {
        await click(page, "[data-testid=process-link]");
        await page.page.clock.runFor(300);
        await click(page, "[data-last='60']");
        await page.page.clock.runFor(300);
        await click(page, "[data-testid=log-failed]");
      },
      { title: [expect.stringMatching(/, process \d+$/)], time: ["past"], address: expect.stringMatching(/^#\/process\/.*from=.*failed=yes/) },
      /^Connected$/,
    ],
  ] as const)("is waited for by the second, tried at once by a button, and takes nothing along that was chosen %s", async (_, choose, chosen, live) => {
    const page = await browser.open("?scene=broken&away=3&processes=20&rate=100");
    const badge = page.byId("connection-state");
    await page.rows().first().waitFor();
    // The page's clock moves by hand from here on: no try comes by itself.
    await page.page.clock.install();
    await page.page.clock.pauseAt(Date.now() + 1_000);
    const until = (text: RegExp) =>
      expect
        .poll(async () => {
          await page.page.clock.runFor(100);
          return badge.innerText();
        })
        .toMatch(text);
    await choose(page);
    await page.page.clock.runFor(300);
    const before = await choices(page);
    expect(before).toMatchObject(chosen);

    await until(/^Reconnecting in 4 s\s*Try now$/);
    expect(await badge.getAttribute("title")).toBe("memmond says: memmond went away");
    await until(/^Reconnecting in 3 s\s*Try now$/);
    expect(await choices(page)).toEqual(before);
    await click(page, "[data-testid=retry-now]");
    await until(live);
    await page.page.clock.runFor(1_000);
    expect(await page.byId("retry-now").count()).toBe(0);
    expect(await choices(page)).toEqual(before);
    // All of a browser's pages have one clock: the next one's is to run.
    await page.page.clock.resume();
    await page.done();
  });
});

describe("what the system prefers", () => {
  it("is followed while the page is open: its theme, until one is chosen", async () => {
    const page = await browser.open("?processes=6&rate=20");
    const theme = () => page.page.evaluate(() => document.documentElement.dataset["theme"]);
    const ground = () => page.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await theme()).toBe("light");
    const light = await ground();
    await page.page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(theme).toBe("dark");
    expect(await ground()).not.toBe(light);
    await page.byId("theme-switch").click();
    await expect.poll(theme).toBe("light");
    await page.done();
  });

  it("is that nothing moves: no animation, no transition", async () => {
    const page = await browser.open("?processes=6&rate=20");
    await page.page.locator("[data-state=live]").waitFor();
    const dot = () => page.byId("connection-state").locator(".dot").evaluate((element) => getComputedStyle(element).animationDuration);
    const moving = () =>
      page.page.evaluate(() => document.getAnimations().filter(({ effect }) => Number(effect?.getComputedTiming().duration) > 20).length);
    expect(await dot()).toBe("2.4s");
    await page.page.emulateMedia({ reducedMotion: "reduce" });
    await expect.poll(moving).toBe(0);
    expect(await dot()).not.toBe("2.4s");
    await page.done();
  });
});
