// SPDX-License-Identifier: Apache-2.0
//
// Makes the pictures of README anew, in docs: of the page with its made-up service. Look at them
// before they are committed.

import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build, preview } from "vite";

const docs = fileURLToPath(new URL("../../docs", import.meta.url));
const flags = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** The minute that the table shows has been watched: its courses are as long as they can be. */
const aMinute = (page) => page.waitForFunction(() => performance.now() > 62_000, undefined, { timeout: 90_000 });

/** What is shown, and what is done and waited for before. */
const pictures = {
  dashboard: {
    address: "?processes=28&rate=350",
    async act(page) {
      await page.getByTestId("pie").locator("canvas").waitFor();
      await aMinute(page);
      // Of who asked since the capture began, most have ended by then.
      await page.getByTestId("share-span").locator("[data-value='1']").click();
    },
  },
  process: {
    address: "?scene=leak&processes=28&rate=350",
    colorScheme: "dark",
    fullPage: true,
    async act(page) {
      await page.locator("[data-testid=process-row][data-name=node]").first().getByTestId("process-link").click();
      await page.getByTestId("sizes").locator("table").waitFor({ state: "attached" });
      await page.getByTestId("growth").waitFor({ timeout: 90_000 });
      await aMinute(page);
    },
  },
  comparison: {
    address: "?processes=28&rate=20",
    locale: "es-ES",
    async act(page) {
      await page.locator("[data-last='60']").click();
      await page.getByTestId("compare-ranges").click();
      await page.getByTestId("compared").first().waitFor();
      await page.getByTestId("service-load").filter({ hasText: "%" }).waitFor();
    },
  },
};

/** 256 colours are enough for it, and take a third of the room. */
function pack(file) {
  const { error, status } = spawnSync("pngquant", ["--force", "--strip", "--output", file, "--", file], { stdio: "inherit" });
  if (error?.code === "ENOENT") throw new Error("pngquant is not installed; type: sudo apt-get install pngquant");
  if (status !== 0) throw new Error(`pngquant could not pack ${file}`);
}

async function take(browser, url, [name, { address, act, fullPage = false, ...look }]) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-US", ...look });
  const page = await context.newPage();
  // Whoever was here before has been told what the page is.
  await page.addInitScript(() => localStorage.setItem("memmon.welcomed", "yes"));
  await page.goto(url + address);
  await act(page);
  const file = join(docs, `${name}.png`);
  await page.screenshot({ path: file, fullPage });
  pack(file);
  await context.close();
  console.log(file);
}

const outDir = await mkdtemp(join(tmpdir(), "memmon-pictures-"));
const common = { mode: "mock", logLevel: "warn", build: { outDir, emptyOutDir: true, reportCompressedSize: false } };
await build(common);
const server = await preview({ ...common, preview: { host: "127.0.0.1", port: 0 } });
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: flags });
try {
  for (const picture of Object.entries(pictures)) await take(browser, server.resolvedUrls.local[0], picture);
} finally {
  await browser.close();
  await server.close();
  await rm(outDir, { recursive: true, force: true });
}
