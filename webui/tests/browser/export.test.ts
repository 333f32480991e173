// SPDX-License-Identifier: Apache-2.0
//
// What leaves the page as a file.

import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, type MockPage, openBrowser } from "./page";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser({ dark: true });
});
afterAll(() => browser.close());

async function saved(page: MockPage, menu: string, format: string): Promise<{ name: string; bytes: Buffer }> {
  const coming = page.page.waitForEvent("download");
  await page.byId(menu).getByTestId("export-button").click();
  await page.byId(menu).locator(`[data-format=${format}]`).click();
  const file = await coming;
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

/** Notes what is written into pictures that are not of the page: by itself, and in charts that are drawn into them. */
async function noteWriting({ page }: MockPage): Promise<void> {
  await page.evaluate(() => {
    const written: string[] = [];
    Object.assign(window, { written });
    const drawing = CanvasRenderingContext2D.prototype;
    const { fillText, drawImage } = drawing;
    drawing.fillText = function (...given: Parameters<typeof fillText>) {
      if (!this.canvas.isConnected) written.push(given[0]);
      fillText.apply(this, given);
    };
    drawing.drawImage = function (this: CanvasRenderingContext2D, ...given: unknown[]) {
      const [, svg] = given[0] instanceof HTMLImageElement ? given[0].src.split("utf-8,") : [];
      if (svg !== undefined) {
        const chart = new DOMParser().parseFromString(decodeURIComponent(svg), "image/svg+xml");
        written.push(...[...chart.querySelectorAll("text")].map(({ textContent }) => (textContent ?? "").trim()));
      }
      Reflect.apply(drawImage, this, given);
    };
  });
}

/** What the last picture says; host, kernel and both times are in every one. */
async function written({ page }: MockPage): Promise<string[]> {
  const all = await page.evaluate(() => (window as unknown as { written: string[] }).written.splice(0));
  expect(all[1]).toMatch(/^ceiba · 6\.1\.0-56-amd64 · [A-Z][a-z]{2} \d+, 2\d{3}, [\d:]+( [AP]M)? .+ [A-Z][a-z]{2} \d+, 2\d{3}, [\d:]+/);
  return all;
}

async function open(address: string): Promise<MockPage> {
  const page = await browser.open(address);
  await page.rows().first().waitFor();
  return page;
}

const stamped = (name: string, extension: string) => new RegExp(`^memmon-${name}-ceiba-\\d{8}T\\d{6}Z\\.${extension}$`);

describe("a file", () => {
  it("has the lines that are shown, all of them, and says where and when they are from", async () => {
    const page = await open("?scene=steady&processes=200&rate=20");
    await page.byId("search-box").fill("user:postgres");
    await expect.poll(() => page.rows().evaluateAll((rows) => [...new Set(rows.map((row) => row.getAttribute("data-name")))])).toEqual(["postgres"]);
    const rowCount = async () => Number(await page.byId("process-scroller").getAttribute("aria-rowcount")) - 1;
    let shown: number;
    let csv: Awaited<ReturnType<typeof saved>>;
    let json: Awaited<ReturnType<typeof saved>>;
    do {
      // Where another one came meanwhile, they are saved again.
      shown = await rowCount();
      csv = await saved(page, "table-export", "csv");
      json = await saved(page, "table-export", "json");
    } while ((await rowCount()) !== shown);
    const { name, bytes } = csv;
    expect(name).toMatch(stamped("processes", "csv"));
    const [head = "", ...lines] = bytes.toString("utf8").split("\r\n").slice(0, -1);
    expect(lines).toHaveLength(shown);
    const columns = head.split(",");
    for (const column of ["held_bytes", "resident_bytes", "calls_per_second", "kernel", "to_time"]) expect(columns).toContain(column);
    const cells = lines.map((line) => line.split(","));
    expect(new Set(cells.map((line) => line[columns.indexOf("user")]))).toEqual(new Set(["postgres"]));
    expect(new Set(cells.map((line) => line[columns.indexOf("host")]))).toEqual(new Set(["ceiba"]));

    expect(json.name).toMatch(stamped("processes", "json"));
    const about = JSON.parse(json.bytes.toString("utf8")) as { filter: string; kernel: string; processes: { held_bytes: number }[] };
    expect(about).toMatchObject({ filter: "user:postgres", kernel: "6.1.0-56-amd64" });
    expect(about.processes).toHaveLength(shown);
    expect(about.processes[0]?.held_bytes).toBeGreaterThan(0);
    await page.done();
  });

  it("has the log as it can be scrolled, paused or not", async () => {
    const page = await open("?scene=steady&processes=9&rate=40");
    await page.byId("log-row").first().waitFor();
    await page.press("p");
    const { bytes } = await saved(page, "log-export", "csv");
    const lines = bytes.toString("utf8").split("\r\n").slice(1, -1);
    expect(lines.length).toBeGreaterThanOrEqual(await page.byId("log-row").count());
    const times = lines.map((line) => line.slice(0, line.indexOf(",")));
    expect(times).toEqual([...times].sort());
    await page.done();
  });

  it.each(["pie", "bars"])("is a picture of the shares: %s", async (view) => {
    const page = await open("?scene=steady&processes=30&rate=20");
    await page.byId("share-view").locator(`[data-value=${view}]`).click();
    if (view === "pie") await page.byId("pie").locator("canvas").waitFor();
    await noteWriting(page);
    const { name, bytes } = await saved(page, "share-export", "png");
    const [title, , ...rows] = await written(page);
    expect(title).toContain("Requested");
    // Each of ten, and the others: a name, its bytes and its share.
    expect(rows.filter((text) => /^[\d.,]+\s[KMGT]iB$/.test(text))).toHaveLength(11);
    expect(rows.filter((text) => /^[\d.]+%$/.test(text))).toHaveLength(11);
    expect(rows).toContain(await page.byId("share-link").first().innerText());
    expect(name).toMatch(stamped("shares", "png"));
    expect(bytes.subarray(1, 4).toString()).toBe("PNG");
    // Wide enough for a list, and not one colour: an empty picture of that size packs to a few KB.
    expect(bytes.readUInt32BE(16)).toBeGreaterThan(900);
    expect(bytes.length).toBeGreaterThan(20_000);
    await page.done();
  });

  it("is the band: its steps, and a picture of it", async () => {
    const page = await open("?rate=20");
    await page.page.locator("[data-testid=band]:not([data-steps='0'])").waitFor();
    const json = await saved(page, "band-export", "json");
    expect(json.name).toMatch(stamped("activity", "json"));
    const about = JSON.parse(json.bytes.toString("utf8")) as { host: string; activity: { kind: string; requested_bytes: number }[] };
    expect(about.host).toBe("ceiba");
    expect(about.activity.some(({ kind, requested_bytes: bytes }) => kind === "step" && bytes > 0)).toBe(true);
    await noteWriting(page);
    const picture = await saved(page, "band-export", "png");
    const texts = await written(page);
    expect(texts.filter((text) => /^\d\d:\d\d/.test(text)).length).toBeGreaterThan(1);
    expect(texts.some((text) => /\d\s[KMGT]iB/.test(text))).toBe(true);
    expect(picture.name).toMatch(stamped("activity", "png"));
    expect(picture.bytes.length).toBeGreaterThan(10_000);
    await page.done();
  });

  it("is what a process has called: sizes as a picture, too, calls and failures", async () => {
    const page = await open("?scene=steady&processes=9&rate=200");
    await page.byId("process-link").first().click();
    await page.byId("sizes-export").waitFor();
    const pid = /#\/process\/(\d+)/.exec(page.page.url())?.[1];
    for (const what of ["sizes", "calls", "failures"]) {
      const { name, bytes } = await saved(page, `${what}-export`, "csv");
      expect(name).toMatch(stamped(what, "csv"));
      const [head = "", ...lines] = bytes.toString("utf8").split("\r\n").slice(0, -1);
      expect(head).toMatch(/^pid,name,.*,may_lack_from_time,host,kernel,from_time,to_time,lost_records,unrecorded_seconds$/);
      if (what !== "failures") expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) expect(line.split(",")[0]).toBe(pid);
    }
    await noteWriting(page);
    const picture = await saved(page, "sizes-export", "png");
    const texts = await written(page);
    expect(texts.filter((text) => /\d\s([KMG]i)?B/.test(text)).length).toBeGreaterThan(3);
    expect(texts.some((text) => /^[\d,]+$/.test(text))).toBe(true);
    expect(picture.name).toMatch(stamped("sizes", "png"));
    expect(picture.bytes.length).toBeGreaterThan(10_000);
    await page.done();
  });

  it("is a picture of a process's course, and the course in figures", async () => {
    const page = await open("?scene=steady&processes=9&rate=200");
    await page.byId("process-link").first().click();
    await expect.poll(async () => Number(await page.byId("time-chart").first().getAttribute("data-points")), { timeout: 10_000 }).toBeGreaterThan(2);
    await noteWriting(page);
    const picture = await saved(page, "process-export", "png");
    const texts = await written(page);
    for (const size of ["Held", "Virtual size"]) expect(texts.some((text) => text.startsWith(size)), size).toBe(true);
    expect(texts.filter((text) => /^\d+(\.\d+)?\s([KMGT]i)?B$/.test(text)).length).toBeGreaterThan(2);
    expect(texts.filter((text) => /^\d\d:\d\d/.test(text)).length).toBeGreaterThan(1);
    expect(picture.name).toMatch(/^memmon-[\w.-]+-\d+-ceiba-.*\.png$/);
    // The page is dark and so is the picture: its styles went with it.
    expect(picture.bytes.length).toBeGreaterThan(15_000);
    const course = await saved(page, "process-export", "csv");
    const [head, ...lines] = course.bytes.toString("utf8").split("\r\n").slice(0, -1);
    expect(head).toMatch(/^time,pid,name,held_bytes,virtual_size_bytes,resident_bytes,host/);
    expect(lines.length).toBeGreaterThan(2);
    await page.done();
  });

  it("of the past says the span that is looked at", async () => {
    const page = await open("?scene=steady&processes=12&rate=20");
    const quick = page.page.locator("[data-last='5']");
    await quick.click();
    await page.page.locator("[data-testid=time-bar][data-mode=past]").waitFor();
    await page.rows().first().waitFor();
    const { name, bytes } = await saved(page, "table-export", "json");
    const about = JSON.parse(bytes.toString("utf8")) as { from_time: string; to_time: string; processes: unknown[] };
    expect(Date.parse(about.to_time) - Date.parse(about.from_time)).toBe(5 * 60_000);
    expect(name).toContain(about.to_time.slice(0, 10).replaceAll("-", ""));
    expect(about.processes.length).toBeGreaterThan(5);
    await page.done();
  });

  it("has the suspects, and the time that was watched", async () => {
    const page = await open("?scene=leak&processes=9&rate=200");
    await page.press("g");
    await page.byId("suspect").first().waitFor({ timeout: 40_000 });
    const { name, bytes } = await saved(page, "suspects-export", "json");
    expect(name).toMatch(stamped("suspects", "json"));
    const about = JSON.parse(bytes.toString("utf8")) as { from_time: string; suspects: { name: string; growth_bytes: number }[] };
    expect(about.suspects[0]?.growth_bytes).toBeGreaterThan(0);
    expect(Date.now() - Date.parse(about.from_time)).toBeLessThan(60_000);
    await page.done();
  });

  it("is asked for by the keyboard alone", async () => {
    const page = await open("?scene=steady&processes=9&rate=20");
    const button = page.byId("table-export").getByTestId("export-button");
    await button.focus();
    await page.press("Enter");
    await expect.poll(() => page.page.evaluate(() => document.activeElement?.getAttribute("data-format"))).toBe("csv");
    await page.press("Escape");
    await expect.poll(() => button.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await button.getAttribute("aria-expanded")).toBe("false");
    await page.done();
  });
});

describe("shares as bars", () => {
  it("are as long as what they stand for, and are there at the next visit", async () => {
    const page = await open("?scene=steady&processes=30&rate=20");
    await page.byId("share-view").locator("[data-value=bars]").click();
    await page.byId("patterns").click();
    expect(await page.byId("pie").count()).toBe(0);
    await page.press("p");
    await expect
      .poll(() =>
        page.byId("pie-table-row").evaluateAll((rows) => {
          const bars = rows.filter((row) => row.getAttribute("data-others") === null);
          const size = (row: Element | undefined) => ({
            bytes: Number(row?.getAttribute("data-bytes")),
            width: row?.querySelector("[data-testid=share-bar]")?.getBoundingClientRect().width ?? 0,
          });
          const [first, last] = [size(bars[0]), size(bars.at(-1))];
          return Math.abs(last.width / first.width - last.bytes / first.bytes) < 0.02;
        }),
      )
      .toBe(true);
    await page.page.reload();
    await page.byId("share-bar").first().waitFor();
    expect(await page.byId("patterns").getAttribute("aria-pressed")).toBe("true");
    expect(await page.byId("share-bar").first().evaluate((bar) => getComputedStyle(bar).backgroundImage)).toContain("data:image/png");
    await page.done();
  });
});
