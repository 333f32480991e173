// SPDX-License-Identifier: Apache-2.0
//
// The page does not say what it cannot know: what it missed or was not told, and when, is told beside the figures.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, type MockPage, openBrowser } from "./page";
import { update } from "./states";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

async function openFirst(page: MockPage): Promise<void> {
  await page.rows().first().getByTestId("process-link").click();
  await page.byId("sizes").locator("table").waitFor({ state: "attached" });
}

/** Hidden for ten minutes, by the page's clock. */
async function rest(page: MockPage): Promise<void> {
  await page.hide(true);
  await page.page.locator("[data-state=paused]").waitFor();
  await page.page.evaluate(() => {
    const now = Date.now.bind(Date);
    Date.now = () => now() + 600_000;
  });
  await page.hide(false);
  await page.page.locator("[data-state=live]").waitFor();
}

describe("what memmond counts", () => {
  it("is all while nothing was lost", async () => {
    const page = await browser.open("?scene=steady&database=off&processes=6&rate=100");
    await openFirst(page);
    expect(await page.byId("not-all").count()).toBe(0);
    expect(await page.byId("completeness").innerText()).toBe("none lost");
    await page.press("a");
    expect(await page.byId("alerts-missing").count()).toBe(0);
    await page.done();
  });

  it("is all though the page was hidden, and the header does not say that none is lost", async () => {
    const page = await browser.open("?scene=steady&database=off&processes=6&rate=100");
    await openFirst(page);
    const mmaps = async () => Number((await page.byId("calls").locator("[data-kind=mmap] td").innerText()).replaceAll(",", ""));
    const before = await mmaps();
    await rest(page);
    await expect.poll(() => page.byId("completeness").innerText()).toMatch(/^interrupted at \d\d:\d\d$/);
    await expect.poll(() => page.byId("completeness").getAttribute("title")).toMatch(/^1 time this page saw nothing, from [\d:]+ to [\d:]+/);
    await expect.poll(mmaps).toBeGreaterThan(before);
    expect(await page.byId("not-all").count()).toBe(0);
    await page.press("a");
    await page.byId("alerts").waitFor();
    expect(await page.byId("alerts-missing").count()).toBe(0);
    await page.press("Escape", "g");
    expect(await page.byId("suspects-missing").innerText()).toContain("this page may not have seen all");
    await page.done();
  });

  it("is said to lack some after records were lost", async () => {
    const page = await browser.open("?scene=lossy&processes=6&rate=100");
    await openFirst(page);
    for (const panel of ["sizes", "calls", "failures"]) {
      await expect.poll(() => page.byId(panel).getByTestId("not-all").allInnerTexts()).toEqual([expect.stringMatching(/^perhaps not all: since [\d:]+ events may have gone unseen$/)]);
    }
    await page.press("a");
    expect(await page.byId("alerts-missing").innerText()).toMatch(/^Since [\d:]+ records were lost/);
    await page.done();
  });

  it("is said to lack processes that memmond has no room for", async () => {
    const page = await browser.open("?scene=untracked&database=off&processes=6&rate=100");
    await expect.poll(() => page.byId("completeness").innerText()).toMatch(/^none lost, \d+ not listed$/);
    expect(await page.byId("untracked-notice").innerText()).toMatch(/^\d+ events are of processes that memmond has no room to list\n+Give memmond more memory \(--memory 512M\); it has 256.MiB\. Where systemd runs it, [^.]+\.$/);
    await page.done();
  });

  it("lacks nothing of a capture that began anew", async () => {
    const page = await browser.open("?scene=gap&anew=6&database=off&processes=6&rate=100");
    await expect.poll(() => page.byId("completeness").innerText()).toMatch(/^gap: 1,241 events at/);
    await expect.poll(() => page.byId("completeness").innerText()).toBe("none lost");
    await page.done();
  });

  it("is not told by a memmond that is too old, and is not none", async () => {
    const page = await browser.open("?scene=old&processes=6&rate=100");
    await page.rows().first().getByTestId("process-link").click();
    await expect.poll(() => page.byId("calls-untold").evaluateAll((all) => all.map((one) => one.getAttribute("data-kind")))).toEqual(["old", "old", "old"]);
    expect(await page.byId("failures").innerText()).toContain("it is older than this page");
    await page.done();
  });
});

describe("the page itself", () => {
  it("says that it is older than memmond where a part of it is not there any more, and is loaded again", async () => {
    const page = await browser.open("?scene=steady&database=off&processes=6&rate=100");
    await page.rows().first().waitFor();
    await page.page.evaluate(() => (document.documentElement.dataset["old"] = "yes"));
    const help = /\/HelpDialog-[\w-]+\.js$/;
    await page.page.route(help, (route) => route.fulfill({ status: 404 }));
    await page.press("?");
    // It may as well have been the network.
    await expect.poll(() => page.problems).toContainEqual(expect.stringContaining("HelpDialog"));
    expect(await page.byId("updated-notice").count()).toBe(0);
    await update(page);
    await page.byId("help-button").click();
    await page.byId("updated-notice").getByText("memmond was updated: reload the page").waitFor();
    await page.byId("reload").click();
    await page.page.locator("html:not([data-old])").waitFor();
    await page.rows().first().waitFor();
    expect(await page.byId("updated-notice").count()).toBe(0);
    // That it was not there is told in the browser's console.
    page.problems.length = 0;
    await page.done();
  });
});

describe("the stream", () => {
  it("lacks some after the stream broke off", async () => {
    const page = await browser.open("?scene=broken&database=off&processes=6&rate=100");
    await page.page.locator("[data-state=reconnecting]").waitFor();
    await expect.poll(() => page.byId("completeness").innerText()).toMatch(/^interrupted at/);
    await page.done();
  });
});

describe("how much is asked for now", () => {
  const known = (page: MockPage) => page.byId("event-rate").count();

  it("is a figure while the stream tells it, and none without a stream, nor in the table", async () => {
    const page = await browser.open("?scene=broken&processes=6&rate=100");
    // It stands for a moment: two looks make a rate, and soon after the second the stream breaks.
    await page.page.waitForFunction(() => document.querySelector("[data-testid=event-rate]") !== null);
    await page.page.waitForFunction(() => {
      const all = (selector: string) => document.querySelectorAll(selector).length;
      const rows = all("[data-testid=process-row][data-ended=false]");
      return all("[data-state=reconnecting]") === 1 && all("[data-testid=event-rate]") === 0 && rows > 0 && all("[data-ended=false] [data-none=rate]") === rows;
    });
    await page.done();
  });

  it("is as much after the clock was put back", async () => {
    const page = await browser.open("?scene=steady&database=off&processes=6&rate=100");
    await expect.poll(() => known(page)).toBe(1);
    const told = await page.page.evaluate(() => {
      const now = Date.now.bind(Date);
      Date.now = () => now() - 3_600_000;
      const rate = document.querySelector("[data-testid=event-rate]");
      return new Promise<number[]>((resolve) => {
        const rates: number[] = [];
        new MutationObserver(() => {
          rates.push(Number(rate?.textContent?.replaceAll(/[^\d.]/g, "")));
          if (rates.length === 4) resolve(rates);
        }).observe(rate ?? document, { subtree: true, childList: true, characterData: true });
      });
    });
    expect(Math.min(...told)).toBeGreaterThan(20);
    expect(Math.max(...told)).toBeLessThan(500);
    await page.done();
  });

  it("is not 0 where nothing is read", async () => {
    const page = await browser.open("?scene=waiting");
    await page.byId("source-notice").waitFor();
    const idle = await browser.open("?scene=empty");
    // The same seconds, of a host that is read, and asks for nothing.
    await expect.poll(() => idle.byId("event-rate").allInnerTexts()).toEqual(["0"]);
    expect(await known(page)).toBe(0);
    await idle.done();
    await page.done();
  });
});

describe("what the page draws", () => {
  it("has a gap where records were lost, on the band and on a course, without a database", async () => {
    const page = await browser.open("?scene=lossy&processes=6&rate=100");
    await page.byId("band-gap").first().waitFor({ state: "attached" });
    expect(await page.byId("band-gap").first().textContent()).toMatch(/: events lost$/);
    expect(await page.byId("band-unwatched").count()).toBe(0);
    await page.rows().first().getByTestId("process-link").click();
    await expect.poll(() => page.byId("chart-gap").count()).toBeGreaterThan(0);
    await page.done();
  });

  it("is not flattened by one large minute, which is cut, and says so", async () => {
    const page = await browser.open("?scene=spike&processes=20&rate=20");
    await page.byId("band-cut").first().waitFor({ state: "attached" });
    expect(await page.byId("band-cut").first().textContent()).toMatch(/more than the scale has room for$/);
    expect(await page.byId("band").innerText()).toMatch(/scale up to .* cut, .*reaches /);
    // Who listens is told what the minute really had, not what the scale shows of it.
    const cuts = (await page.byId("band-cut").allTextContents()).map((text) => /: (.*), more/.exec(text)?.[1]);
    const told = /: at most (.*) in 1.min\.$/.exec((await page.byId("band").locator("svg").getAttribute("aria-label")) ?? "")?.[1];
    expect(cuts).toContain(told);
    await page.done();
  });

  it("calls a time in which it was hidden not watched, and not lost", async () => {
    const page = await browser.open("?scene=nodb&processes=6&rate=100");
    await expect.poll(async () => Number(await page.byId("band").getAttribute("data-steps"))).toBeGreaterThan(0);
    await rest(page);
    await expect.poll(() => page.byId("band-unwatched").count()).toBe(1);
    expect(await page.byId("band-unwatched").textContent()).toMatch(/: this page was not watching$/);
    expect(await page.byId("band-gap").count()).toBe(0);
    await page.rows().first().getByTestId("process-link").click();
    await page.byId("course").waitFor();
    expect(await page.byId("chart-gap").count()).toBe(0);
    await page.done();
  });
});

describe("what memmond says", () => {
  it("is marked as English, and told in the page's language as far as that is known", async () => {
    const spanish = await openBrowser({ locale: "es-ES" });
    const page = await spanish.open("?scene=waiting");
    await page.byId("source-problem").waitFor();
    expect(await page.byId("source-problem").getAttribute("lang")).toBe("en");
    expect(await page.byId("source-notice").locator("h2").innerText()).toBe("Aún no hay eventos: falta el módulo del núcleo");
    const busy = await spanish.open("?scene=busy");
    await busy.byId("source-problem").waitFor();
    expect(await busy.byId("source-notice").locator("h2").innerText()).toBe("Aún no hay eventos: otro programa lee el dispositivo del módulo");
    expect(await busy.byId("source-notice").innerText()).toContain("memmond lo intenta una y otra vez");
    expect(await busy.byId("source-problem").innerText()).toContain("another program reads /dev/memmon");
    const down = await spanish.open("?scene=down&processes=6&rate=20");
    await down.byId("database-notice").waitFor();
    expect(await down.byId("database-notice").locator("h2").innerText()).toBe("No se llega a la base de datos");
    expect(await down.byId("database-notice").innerText()).toContain("los eventos esperan y se guardan cuando se arregle");
    expect(await down.byId("database-notice").locator("[lang=en]").innerText()).toMatch(/^connection refused/);
    await spanish.close();
  });

  it("is that the database is down, while live goes on", async () => {
    const page = await browser.open("?scene=down&processes=6&rate=100");
    await page.byId("database-notice").waitFor();
    expect(await page.byId("database-state").innerText()).toBe("down, live goes on");
    expect(await page.byId("connection-state").innerText()).toBe("Live");
    await page.byId("log-row").first().waitFor();
    await page.done();
  });

  it("is all that is wrong with the database, each with what to do", async () => {
    const page = await browser.open("?scene=down&processes=6&rate=20&cause=REFUSED,SPOOL_FULL&unstored=1200");
    await page.byId("database-notice").waitFor();
    expect(await page.byId("database-notice").locator("h2").allInnerTexts()).toEqual([
      "The database’s server does not let memmond in",
      "The spool takes no more events",
    ]);
    expect(await page.byId("database-notice").innerText()).toContain("pg_hba.conf");
    expect(await page.byId("database-state").innerText()).toBe("down, live goes on, 1,200 events lost");
    const connected = await browser.open("?scene=steady&processes=6&rate=20&cause=TABLES_FULL");
    await connected.byId("database-notice").waitFor();
    expect(await connected.byId("database-state").innerText()).toBe("connected, with a problem");
    expect(await connected.byId("database-notice").innerText()).not.toContain("events wait");
    await connected.done();
    await page.done();
  });

  it("is no complete stream while nothing comes", async () => {
    const page = await browser.open("?scene=waiting&database=off");
    await page.byId("source-notice").waitFor();
    expect(await page.byId("completeness").innerText()).toMatch(/^(none yet|none lost so far)$/);
    const silent = await browser.open("?scene=silent&database=off&processes=6&rate=20");
    await expect.poll(() => silent.byId("completeness").innerText()).toMatch(/^(none lost so far|interrupted at \d\d:\d\d)$/);
    // Nor is it known to be none that are asked for now.
    await expect.poll(() => silent.page.locator(".rates dd").allInnerTexts()).toEqual([expect.stringMatching(/^…/), expect.stringMatching(/^…/)]);
    await silent.done();
    await page.done();
  });

  it("is nothing yet on a quiet host, and what to try", async () => {
    const page = await browser.open("?scene=empty");
    await page.byId("table-empty").waitFor();
    expect(await page.byId("table-empty").innerText()).toBe("Nothing yet: try ls in any terminal of this host, and its requests appear here.");
    await page.done();
  });

  it("is a command that is copied as it stands", async () => {
    const page = await browser.open("?scene=failed");
    await page.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.byId("copy-command").click();
    await page.byId("copy-command").getByText("Copied").waitFor();
    expect(await page.page.evaluate(() => navigator.clipboard.readText())).toBe("sudo usermod -aG memmon ana");
    await page.done();
  });
});
