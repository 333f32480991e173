// SPDX-License-Identifier: Apache-2.0
//
// The process table as people use it, most of them by the keyboard.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shortcuts } from "@/domain/shortcuts";
import { type Browser, type MockPage, openBrowser } from "./page";

let browser: Browser;
let page: MockPage;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

async function open(address: string): Promise<void> {
  page = await browser.open(address);
  await page.rows().first().waitFor();
}

async function close(): Promise<void> {
  expect(page.problems).toEqual([]);
  await page.page.close();
}

/** Process ids from top to bottom. */
async function pids(): Promise<number[]> {
  const found = await page.rows().evaluateAll((rows) =>
    rows
      .sort((a, b) => Number(a.getAttribute("aria-rowindex")) - Number(b.getAttribute("aria-rowindex")))
      .map((row) => Number((row as HTMLElement).dataset["pid"])),
  );
  return found;
}

/** Of one look: between two, processes come and go. */
async function order(): Promise<"ascending" | "descending" | "none"> {
  const list = await pids();
  const rises = list.slice(1).map((pid, at) => pid > (list[at] ?? 0));
  return rises.every((rise) => rise) ? "ascending" : rises.some((rise) => rise) ? "none" : "descending";
}

describe("looking for a process", () => {
  it("sorts by a column, both ways, and says which", async () => {
    await open("?processes=12&rate=20");
    const head = page.page.locator("[role=columnheader]", { has: page.byId("sort-pid") });
    await page.byId("sort-pid").click();
    await expect.poll(() => head.getAttribute("aria-sort")).toBe("ascending");
    await expect.poll(order).toBe("ascending");
    await page.byId("sort-pid").click();
    await expect.poll(() => head.getAttribute("aria-sort")).toBe("descending");
    await expect.poll(order).toBe("descending");
    await close();
  });

  it("filters by an expression between slashes, and leaves the lines alone while it is none", async () => {
    await open("?scene=steady&rate=20");
    const names = () => page.rows().evaluateAll((rows) => [...new Set(rows.map((row) => row.getAttribute("data-name")))]);
    await page.byId("search-box").fill("/^post/");
    await expect.poll(names).toEqual(["postgres"]);
    const before = await pids();
    await page.byId("search-box").fill("/^post(/");
    await page.byId("search-problem").waitFor();
    expect(await page.byId("search-box").getAttribute("aria-invalid")).toBe("true");
    // Another of them may have come; none went, and nobody else is there.
    expect(await pids()).toEqual(expect.arrayContaining(before));
    expect(await names()).toEqual(["postgres"]);
    await page.byId("search-box").press("Escape");
    await expect.poll(() => page.rows().count()).toBeGreaterThan(before.length);
    // Read out once, when it was filtered, and not whenever a process comes or goes.
    await page.byId("search-box").fill("redis");
    const told = page.page.locator("section[aria-labelledby=processes-title] [role=status]");
    await expect.poll(() => told.innerText()).toMatch(/^\d+ of \d+ processes$/);
    await close();
  });

  it("groups by program: a line with the sums, and its processes below it", async () => {
    // By name: by what they hold, bash may be out of sight.
    await open("?processes=40&rate=20#/?sort=name");
    await page.arrange("program");
    const group = page.page.locator("[data-testid=group-row][data-name=bash]");
    expect(Number(await group.getAttribute("data-count"))).toBeGreaterThan(1);
    expect(await page.rows().count()).toBe(0);
    await group.click();
    await expect.poll(() => group.getAttribute("aria-expanded")).toBe("true");
    // Another one may come meanwhile: the line and what is below it agree.
    const below = page.page.locator("[data-testid=process-row][data-name=bash]");
    await expect.poll(async () => Number(await group.getAttribute("data-count")) - (await below.count())).toBe(0);
    await close();
  });

  it("shows the processes of one user, or in one container, by a click", async () => {
    // By user: by what they hold, who is looked for may be out of sight.
    await open("?scene=steady&processes=40&rate=20#/?sort=-user");
    await page.byId("columns-button").click();
    await page.page.locator("[data-column=container]").check();
    await page.press("Escape");
    const texts = (id: string) => page.byId(id).evaluateAll((cells) => [...new Set(cells.map((cell) => cell.textContent?.trim()))]);
    await page.byId("user-cell").filter({ hasText: /^\s*postgres\s*$/ }).first().click();
    expect(await page.byId("search-box").inputValue()).toBe("user:postgres");
    await expect.poll(() => texts("user-cell")).toEqual(["postgres"]);
    // Again, and all are back.
    await page.byId("user-cell").first().click();
    await expect.poll(async () => (await texts("user-cell")).length).toBeGreaterThan(3);
    await page.byId("container-cell").filter({ hasText: "docker-3f2a91c07e55" }).first().click();
    await expect.poll(() => texts("container-cell")).toEqual(["docker-3f2a91c07e55.scope"]);
    expect(await page.rows().evaluateAll((rows) => [...new Set(rows.map((row) => row.getAttribute("data-name")))].sort())).toEqual(["node", "redis-server"]);
    await close();
  });

  it("groups by container, and those in none together", async () => {
    await open("?scene=steady&processes=40&rate=20");
    await page.arrange("container");
    const none = page.page.locator("[data-testid=group-row][data-name='']");
    expect(await none.innerText()).toContain("in no container");
    const docker = page.page.locator("[data-testid=group-row][data-name='docker-3f2a91c07e55.scope']");
    await docker.click();
    await expect.poll(() => page.rows().count()).toBe(Number(await docker.getAttribute("data-count")));
    await close();
  });

  it("shows who started whom, a level deeper", async () => {
    await open("?processes=40&rate=20");
    await page.byId("search-box").fill("make");
    await page.arrange("tree");
    await page.byId("sort-pid").click();
    const make = page.page.locator("[data-testid=process-row][data-name=make]").first();
    await expect.poll(() => make.getAttribute("aria-level")).toBe("2");
    // It does not answer the filter: it is there for its child.
    const bash = page.page.locator("[data-testid=process-row][data-name=bash]").first();
    expect([await bash.getAttribute("aria-level"), await bash.getAttribute("aria-expanded")]).toEqual(["1", "true"]);
    expect(await page.byId("process-scroller").getAttribute("role")).toBe("treegrid");
    await close();
  });
});

describe("what was chosen", () => {
  it("is there at the next visit: columns, order and arrangement", async () => {
    await open("?processes=12&rate=20");
    await page.byId("columns-button").click();
    await page.page.locator("[data-column=requested]").check();
    await page.page.locator("[data-column=user]").uncheck();
    await page.press("Escape");
    await page.byId("sort-requested").click();
    await page.page.reload();
    await page.rows().first().waitFor();
    await expect.poll(() => page.byId("sort-user").count()).toBe(0);
    expect(await page.page.locator("[aria-sort=descending]").innerText()).toBe("Requested");
    await page.byId("columns-button").click();
    await page.byId("columns-reset").click();
    await expect.poll(() => page.byId("sort-user").count()).toBe(1);
    await close();
  });

  it("stays on top, and when it ends: pinned", async () => {
    await open("?scene=ending&processes=12&rate=20");
    // It ends soon: what a hand would do takes too long.
    const first = 812;
    await page.page.waitForFunction(() => {
      const pin = document.querySelector<HTMLElement>("[data-testid=process-row][data-pid='812'] [data-testid=pin-button]");
      pin?.click();
      return pin !== null;
    });
    await expect.poll(async () => (await pids())[0]).toBe(first);
    const row = page.page.locator(`[data-testid=process-row][data-pid="${first}"]`);
    await expect.poll(() => row.getAttribute("data-ended"), { timeout: 15_000 }).toBe("true");
    // A process that nobody pinned would be gone then.
    await page.forgotten(first);
    expect(await row.getAttribute("data-ended")).toBe("true");
    expect(await row.innerText()).toContain("ended");
    expect((await pids())[0]).toBe(first);
    await page.press("Escape");
    await row.getByTestId("pin-button").click();
    await expect.poll(() => row.count()).toBe(0);
    await close();
  });
});

describe("pinned processes", () => {
  const pinnedPids = () => page.page.locator("[data-testid=process-row][data-pinned=true]").evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset["pid"]));

  it("are there after a reload, in their order, for as long as the host is up", async () => {
    await open("?scene=steady&processes=12&rate=20");
    await page.page.locator("[data-testid=host-name]").waitFor();
    await page.byId("sort-pid").click();
    await page.press("j", "Space", "j", "Space");
    await expect.poll(async () => (await pinnedPids()).length).toBe(2);
    const pinned = await pinnedPids();
    // The made-up host begins its processes when it is opened: it is the keys that say which they are.
    const remembered = await page.page.evaluate(() => localStorage.getItem("memmon.pins"));
    expect(remembered?.split(" ").slice(1).map((key) => key.split(":")[0])).toEqual(pinned);
    await page.page.reload();
    await expect.poll(pinnedPids).toEqual(pinned);
    // After another start of the host the same ids are other processes.
    await page.page.goto(page.page.url().replace("rate=20", "rate=20&boot=other"));
    await page.rows().first().waitFor();
    await page.page.locator("[data-testid=host-name]").waitFor();
    expect(await pinnedPids()).toEqual([]);
    await close();
  });
});

describe("the keyboard", () => {
  it("does everything", async () => {
    // In an order that stays: from one key to the next another line may come up there.
    await open("?scene=steady&processes=30&rate=20");
    await page.byId("sort-pid").click();
    await page.press("/");
    await page.page.keyboard.type("java");
    await expect.poll(() => page.rows().evaluateAll((rows) => rows.every((row) => row.getAttribute("data-name") === "java"))).toBe(true);
    await page.press("Enter");
    const java = await page.active();
    expect(java).not.toBeNull();
    // It stays with its process, although many more come in between.
    await page.press("/", "Escape");
    await page.press("Escape");
    await expect.poll(() => page.rows().count()).toBeGreaterThan(5);
    expect(await page.active()).toBe(java);
    await page.press("Home", "j", "j");
    const third = await page.active();
    await page.press("k", "j");
    expect(await page.active()).toBe(third);
    await page.press("Space");
    await expect.poll(async () => String((await pids())[0])).toBe(third);
    await page.press("l");
    await page.byId("log-only").waitFor();
    await page.press("p");
    expect(await page.byId("pause-button").getAttribute("aria-pressed")).toBe("true");
    await page.press("Enter");
    await expect.poll(() => page.byId("process-title").innerText()).toContain(`process ${third}`);
    await page.press("Escape");
    await page.rows().first().waitFor();
    await expect.poll(() => page.active()).toBe(third);
    await close();
  });

  it("lists its keys, and leaves single characters alone when asked to", async () => {
    await open("?processes=12&rate=20");
    await page.press("?");
    await page.byId("help").waitFor();
    const caps = await page.byId("help").locator("kbd").allInnerTexts();
    expect(caps).toHaveLength(shortcuts.flatMap(({ keys }) => keys).length);
    for (const key of ["/", "?", "p", "j", "k", "Space", "Enter", "Esc"]) expect(caps).toContain(key);
    await page.byId("letters").uncheck();
    await page.press("Escape");
    await expect.poll(() => page.byId("help").isVisible()).toBe(false);
    await page.press("j", "p", "?");
    expect(await page.active()).toBeNull();
    expect(await page.byId("pause-button").getAttribute("aria-pressed")).toBe("false");
    expect(await page.byId("help").isVisible()).toBe(false);
    await page.byId("help-button").click();
    await page.byId("letters").check();
    await close();
  });
});

describe("the pointer", () => {
  it("shows a process alone in the log by one click, and opens it by two", async () => {
    await open("?scene=steady&processes=12&rate=20");
    const pid = await page.rows().nth(1).getAttribute("data-pid");
    // From one look to the next another line may come up there.
    const held = page.page.locator(`[data-testid=process-row][data-pid="${pid}"]`).getByTestId("held-cell");
    await held.click();
    expect(await page.byId("log-only").innerText()).toContain(`(${pid})`);
    await held.dblclick();
    await expect.poll(() => page.byId("process-title").innerText()).toContain(`process ${pid}`);
    await close();
  });
});

describe("the columns' titles", () => {
  it.each(["en-US", "es-ES"])("are not cut in the past, whichever it is sorted by: %s", async (locale) => {
    const own = await openBrowser({ locale });
    page = await own.open("?processes=12&rate=20");
    await page.page.locator("[data-last='60']").click();
    await page.byId("past-tiles").waitFor();
    const titles = page.page.locator("[role=columnheader] [data-testid^=sort-]");
    for (let i = 0; i < (await titles.count()); i++) {
      await titles.nth(i).click();
      expect(await titles.nth(i).locator(".ellipsis").evaluate((title) => title.scrollWidth - title.clientWidth), await titles.nth(i).innerText()).toBeLessThanOrEqual(0);
    }
    // Nor is there more of the table than there is room for.
    expect(await page.byId("process-scroller").evaluate((box) => box.scrollWidth - box.clientWidth)).toBe(0);
    expect(page.problems).toEqual([]);
    await own.close();
  });
});
