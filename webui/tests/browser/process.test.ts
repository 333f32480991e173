// SPDX-License-Identifier: Apache-2.0
//
// A process's own page.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, type MockPage, openBrowser } from "./page";
import { firstProcess } from "./state";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

/** Opens the page of the first that was there of the living processes of this name; its id. */
async function openRow(page: MockPage, name: string): Promise<string> {
  const living = page.page.locator(`[data-testid=process-row][data-name="${name}"][data-ended=false]`);
  await page.byId("search-box").fill(name);
  await living.first().waitFor();
  const pids = await living.evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset["pid"])));
  const pid = String(Math.min(...pids));
  await page.page.locator(`[data-testid=process-row][data-pid="${pid}"]`).getByTestId("process-link").click();
  await page.byId("process-title").waitFor();
  return pid;
}

describe("the page of a process", () => {
  it("has an address that can be given to somebody else, and a way back", async () => {
    const page = await browser.open("?processes=40&rate=20");
    const pid = await openRow(page, "java");
    const address = page.page.url();
    expect(address).toMatch(new RegExp(`#/process/${pid}-\\d+$`));
    await page.page.goBack();
    await page.rows().first().waitFor();
    await page.page.goForward();
    await expect.poll(() => page.byId("process-title").innerText()).toBe(`java, process ${pid}`);
    await page.byId("back").click();
    await page.rows().first().waitFor();

    const other = await browser.open(address.slice(address.indexOf("?")));
    await expect.poll(() => other.byId("process-title").innerText()).toBe(`java, process ${pid}`);
    expect(await other.byId("process-command").innerText()).toContain("indexer.jar");
    await other.done();
    await page.done();
  });

  it("goes on being compared with one that has ended and is forgotten, without a database", async () => {
    const page = await browser.open("?scene=ending&database=off&processes=12&rate=20");
    // It ends soon: what a hand would do takes too long.
    await page.page.waitForFunction(() => {
      const [one, other] = ["[data-ended=false]:not([data-pid='812'])", "[data-pid='812']"].map((row) => document.querySelector(`${row} [data-testid=process-link]`)?.getAttribute("href"));
      if (!one || !other) return false;
      window.location.hash = `${one}?with=${other.split("/").at(-1)}`;
      return true;
    });
    await page.byId("compared").waitFor();
    const named = await page.byId("compared").innerText();
    await page.forgotten(812);
    // Longer than the page takes to draw that.
    const stayed = await page.page.evaluate(async () => {
      for (const since = performance.now(); performance.now() - since < 2_500; ) {
        if (document.querySelector("[data-testid=compared]") === null) return false;
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      return true;
    });
    expect(stayed).toBe(true);
    expect(await page.byId("compared").allInnerTexts()).toEqual([named]);
    await page.done();
  });

  it.each(["", "database=off&"])("says of a process in its address that nobody knows, and offers to leave or to replace it (%s)", async (query) => {
    const page = await browser.open(`?${query}scene=steady&processes=12&rate=20`);
    await page.rows().first().getByTestId("process-link").click();
    await page.byId("course").waitFor();
    await page.page.evaluate(() => (window.location.hash += "?with=77-77"));
    await expect.poll(() => page.byId("compare-unknown").innerText()).toBe("compared with process 77, which is not known here (any more)");
    expect(await page.byId("compared").count()).toBe(0);
    await page.byId("compare").selectOption({ index: query === "" ? 2 : 1 });
    await page.byId("compared").waitFor();
    expect(await page.byId("compare-unknown").count()).toBe(0);
    await page.page.goBack();
    await page.byId("compare-unknown").getByTestId("compare-stop").click();
    await page.byId("compare-unknown").waitFor({ state: "detached" });
    expect(page.page.url()).not.toContain("with=");
    await page.done();
  });

  it("is left by Escape, wherever the keyboard is: what is open closes before", async () => {
    const page = await browser.open("?scene=steady&processes=6&rate=100");
    const menu = page.byId("export-button").first();
    await openRow(page, "java");
    await menu.focus();
    await page.press("Enter");
    await expect.poll(() => menu.getAttribute("aria-expanded")).toBe("true");
    await page.press("Escape");
    expect(await menu.getAttribute("aria-expanded")).toBe("false");
    // What the button is told to be goes first.
    await page.byId("hint").waitFor();
    await page.press("Escape");
    expect(await page.byId("process-title").count()).toBe(1);
    await page.press("Escape");
    await page.rows().first().waitFor();

    await openRow(page, "java");
    await page.byId("hint-button").first().focus();
    const bubble = page.page.getByRole("tooltip");
    await bubble.waitFor();
    await page.press("Escape");
    await bubble.waitFor({ state: "hidden" });
    expect(await page.byId("process-title").count()).toBe(1);
    await page.press("Escape");
    await page.rows().first().waitFor();
    await page.done();
  });

  it("leaves the browser its own keys, also on a chart", async () => {
    const page = await browser.open("?scene=steady&processes=6&rate=100");
    await openRow(page, "java");
    const chart = page.byId("time-chart").first();
    const takes = (held: { altKey?: boolean; ctrlKey?: boolean }) =>
      chart.evaluate((plot, what) => !plot.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true, cancelable: true, ...what })), held);
    expect(await takes({ altKey: true })).toBe(false);
    expect(await takes({ ctrlKey: true })).toBe(false);
    expect(await takes({})).toBe(true);
    await page.done();
  });

  it("tells figures, course, sizes, calls and failures", async () => {
    const page = await browser.open("?scene=steady&processes=4&rate=400");
    await openRow(page, "firefox-esr");
    const failures = page.byId("failures").locator("[data-errno=ENOMEM]");
    await failures.waitFor();
    expect(await failures.innerText()).toContain("vm.max_map_count");
    expect(await failures.innerText()).toMatch(/64\.0\sGiB/);
    const sizes = page.byId("sizes").locator("tbody tr");
    const failed = await sizes.last().getAttribute("data-failed");
    expect(Number(failed)).toBeGreaterThan(0);
    expect(await sizes.last().getAttribute("data-exponent")).toBe("36");
    const mmap = page.byId("calls").locator("[data-kind=mmap] td");
    expect(Number((await mmap.last().innerText()).replaceAll(",", ""))).toBeGreaterThan(10);
    await expect.poll(async () => Number(await page.byId("time-chart").first().getAttribute("data-points")), { timeout: 10_000 }).toBeGreaterThan(4);
    await page.byId("time-chart").first().focus();
    await page.press("Home");
    await expect.poll(() => page.byId("time-chart").first().getAttribute("aria-valuetext")).toMatch(/^\d\d:\d\d:\d\d · .+\s([KMG]i)?B$/);
    await expect.poll(() => page.byId("log-row").count()).toBeGreaterThan(3);
    await page.done();
  });

  it.each([
    [1440, 1],
    [1000, 1],
    // They stand there: their lines have more room than their digits.
    [375, 0],
  ])("has each count over its own bar: %i px wide", async (width, room) => {
    const page = await browser.open("?scene=steady&processes=4&rate=4000");
    await openRow(page, "firefox-esr");
    await page.page.setViewportSize({ width, height: 900 });
    const counts = page.byId("size-count").filter({ hasText: /./ });
    await expect.poll(async () => (await counts.allInnerTexts()).filter((text) => text.length > 2).length).toBeGreaterThan(4);
    const boxes = await counts.evaluateAll((all) =>
      all.map((count) => {
        const range = document.createRange();
        range.selectNodeContents(count);
        const { left, right, bottom } = range.getBoundingClientRect();
        return { left, right, bottom, bar: count.nextElementSibling?.getBoundingClientRect().top ?? 0 };
      }),
    );
    boxes.forEach(({ left, bottom, bar }, i) => {
      expect(left).toBeGreaterThan((boxes[i - 1]?.right ?? -Infinity) + room);
      expect(bottom).toBeLessThanOrEqual(bar);
    });
    await page.page.setViewportSize({ width: 1440, height: 900 });
    await page.done();
  });

  it("says why held and virtual size differ, with this process's figures", async () => {
    const page = await browser.open("?processes=40&rate=20");
    await openRow(page, "gnome-shell");
    const why = page.byId("why");
    await expect.poll(() => why.locator("li").evaluateAll((items) => items.map((item) => item.getAttribute("data-reason")))).toContain("before");
    await expect
      .poll(async () => {
        const [held, vsize] = await Promise.all(["process-held", "process-vsize"].map((id) => page.byId(id).locator(".bytes").innerText()));
        const text = await why.innerText();
        return text.includes(held ?? "?") && text.includes(vsize ?? "?");
      })
      .toBe(true);
    await page.done();
  });

  it("says what of it is in RAM, how that differs, and whose it is", async () => {
    const page = await browser.open("?scene=steady&processes=40&rate=20");
    await openRow(page, "java");
    const resident = Number(await page.byId("process-resident").getAttribute("data-bytes"));
    expect(resident).toBeGreaterThan(0);
    expect(resident).toBeLessThan(Number(await page.byId("process-vsize").getAttribute("data-bytes")));
    expect(await page.byId("process-container").innerText()).toMatch(/^docker-/);
    expect(await page.byId("process-user").innerText()).toBe("user 10001");
    const bubble = page.page.getByRole("tooltip");
    expect(await bubble.isVisible()).toBe(false);
    await page.byId("hint-button").focus();
    await expect.poll(() => bubble.innerText()).toContain("VmRSS");
    await page.press("Escape");
    await expect.poll(() => bubble.isVisible()).toBe(false);
    // That Escape was the bubble's: the page is still the process's.
    expect(await page.byId("process-title").isVisible()).toBe(true);
    await page.done();
  });

  it("says how much its calls moved the size away from what is held", async () => {
    const page = await browser.open("?scene=steady&processes=4&rate=400");
    await openRow(page, "firefox-esr");
    const heap = page.byId("why").locator("[data-reason=heap]");
    await expect.poll(() => heap.innerText(), { timeout: 10_000 }).toMatch(/^Heap \(brk\): \+.+iB, in the virtual size alone/);
    expect(await page.byId("why").locator("[data-reason=earlier]").innerText()).toMatch(/^\d.+iB of the difference came before/);
    // Its calls neither map over what is there, nor unmap what is not.
    expect(await page.byId("why").locator("[data-reason=holes], [data-reason=replaced]").count()).toBe(0);
    await page.done();
  });

  it("leads to the parent, and from there back to the child", async () => {
    const page = await browser.open("?processes=40&rate=20");
    const pid = await openRow(page, "make");
    await page.byId("process-parent").getByTestId("kin-link").click();
    await expect.poll(() => page.byId("process-title").innerText()).toContain("bash");
    const child = page.byId("process-children").getByTestId("kin-link").filter({ hasText: pid });
    await child.click();
    await expect.poll(() => page.byId("process-title").innerText()).toBe(`make, process ${pid}`);
    await page.done();
  });

  it("stays when the process ends and the service forgets it", async () => {
    const page = await browser.open(`?scene=ending&processes=12&rate=20#/process/${firstProcess}`);
    const state = page.byId("process-state");
    await expect.poll(() => state.getAttribute("data-ended"), { timeout: 15_000 }).toBe("true");
    await page.forgotten(812);
    expect(await state.innerText()).toBe("ended");
    expect(Number(await page.byId("process-held").getAttribute("data-bytes"))).toBeGreaterThan(0);
    expect(await page.byId("process-end").innerText()).toMatch(/\d/);
    expect(await page.byId("time-chart").count()).toBe(3);
    await page.done();
  });

  it("draws what is in RAM beside what it holds, and says since when it is watched", async () => {
    const page = await browser.open("?scene=steady&processes=9&rate=200");
    await openRow(page, "firefox-esr");
    const chart = page.byId("course").locator("figure.resident");
    // What went before is out of the database, and that has no such figure.
    await expect.poll(() => chart.locator(".title").innerText()).toMatch(/^Resident, watched since \d\d:\d\d:\d\d and not stored$/);
    await expect.poll(async () => Number(await chart.getByTestId("time-chart").getAttribute("data-points"))).toBeGreaterThan(2);
    const starts = await page.byId("course").locator("figure .line").evaluateAll((lines) => lines.map((line) => Number(/^M([\d.]+)/.exec(line.getAttribute("d") ?? "")?.[1])));
    expect(starts[2]).toBeGreaterThan(starts[0] ?? Infinity);
    await page.done();
  });

  it("draws no course of a process that had ended before", async () => {
    const page = await browser.open("?scene=nodb&processes=12&rate=20");
    // At once: others end under the page's eyes, and have a course.
    await page.page.waitForFunction(() => {
      const link = document.querySelector<HTMLElement>("[data-testid=process-row][data-ended=true] [data-testid=process-link]");
      link?.click();
      return link !== null;
    });
    await page.byId("process-title").waitFor();
    // Its figures come with the second status, when two seconds have been played; a course begins with the first.
    await expect.poll(() => page.byId("service-load").innerText(), { timeout: 10_000 }).toContain("CPU");
    expect(await page.byId("time-chart").count()).toBe(0);
    await page.done();
  });

  it("says that it knows no such process, once it could", async () => {
    const page = await browser.open("?processes=12&rate=20#/process/77-77");
    await expect.poll(() => page.byId("process-title").innerText()).toBe("No process 77 is known here");
    await page.press("Escape");
    await page.rows().first().waitFor();
    await page.done();
  });
});
