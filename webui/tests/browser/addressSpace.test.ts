// SPDX-License-Identifier: Apache-2.0
//
// What a process's address space is made of, on its own page.

import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Browser, type MockPage, openBrowser } from "./page";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

async function openFirst(query: string): Promise<MockPage> {
  const page = await browser.open(query);
  await page.rows().first().getByTestId("process-link").click();
  return page;
}

const parts = (page: MockPage) =>
  page.byId("map-part").evaluateAll((all) => all.map((part) => [(part as HTMLElement).dataset["kind"], Number((part as HTMLElement).dataset["bytes"])] as const));

describe("the address space", () => {
  it("is told by kind, largest first, with the names of its files", async () => {
    const page = await openFirst("?scene=steady&processes=12&rate=20");
    await page.byId("map-part").first().waitFor();
    const told = await parts(page);
    expect(told.map(([kind]) => kind)).toEqual(expect.arrayContaining(["anonymous", "reserved", "file", "heap", "stack", "special"]));
    expect(told.map(([, bytes]) => bytes)).toEqual([...told.map(([, bytes]) => bytes)].sort((a, b) => b - a));
    await page.byId("map-names-file").click();
    await page.page.getByText("/usr/lib/x86_64-linux-gnu/libc.so.6").waitFor();
    expect(await page.byId("map-coarse").count()).toBe(0);
    await page.byId("map-export").getByTestId("export-button").click();
    const [download] = await Promise.all([page.page.waitForEvent("download"), page.page.locator("[data-format=json]").click()]);
    const saved = JSON.parse(await readFile(await download.path(), "utf8")) as { address_space: { kind: string; region: string | null }[] };
    expect(saved.address_space).toContainEqual(expect.objectContaining({ kind: "file", region: "/usr/lib/x86_64-linux-gnu/libc.so.6" }));
    await page.done();
  });

  it("is of now, and is looked at again", async () => {
    const page = await openFirst("?scene=leak&processes=12&rate=300");
    await page.byId("map-part").first().waitFor();
    const before = await parts(page);
    await expect.poll(() => parts(page)).not.toEqual(before);
    await page.done();
  });

  it("says what memmond may not look into", async () => {
    const page = await openFirst("?scene=coarse&steady&processes=12&rate=20");
    await page.byId("map-coarse").waitFor();
    expect((await parts(page)).map(([kind]) => kind).sort()).toEqual(["code", "data", "other", "stack"]);
    await page.done();
  });

  it.each([
    ["old", "old"],
    ["ended", "recording"],
  ])("says why nobody knows it: %s", async (scene, kind) => {
    const page = await openFirst(`?scene=${scene}&steady&processes=12&rate=20`);
    await page.byId("map-problem").waitFor();
    expect(await page.byId("map-problem").getAttribute("data-kind")).toBe(kind);
    await page.done();
  });
});
