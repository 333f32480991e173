// SPDX-License-Identifier: Apache-2.0
//
// The dashboard in headless Chromium, and what the tests read off it.

import { createRequire } from "node:module";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./guest.mjs";
import { until } from "./tap.mjs";

export const { chromium } = createRequire(join(root, "webui/package.json"))("playwright-core");

export const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A browser with a profile of its own, which goes with close(). */
export async function openBrowser() {
  const profile = mkdtempSync(join(tmpdir(), "memmon-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: "/usr/bin/chromium",
    headless: true,
    args: flags,
    viewport: { width: 1440, height: 900 },
    locale: "en-US",
    colorScheme: "light",
  });
  context.setDefaultTimeout(300_000); // as long as until(): an emulated machine may be slow
  context.setDefaultNavigationTimeout(300_000);
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

export class Dashboard {
  constructor(page) {
    this.page = page;
    this.errors = [];
    page.on("pageerror", (error) => this.errors.push(String(error)));
  }

  static async open(context, url) {
    const dashboard = new Dashboard(await context.newPage());
    await dashboard.page.goto(url);
    return dashboard;
  }

  byId(id) {
    return this.page.getByTestId(id);
  }

  /** Waits until the connection state is one of `states` (attribute data-state). */
  async state(...states) {
    return until(`connection state ${states.join(" or ")}`, async () => {
      const state = await this.byId("connection-state").getAttribute("data-state");
      return states.includes(state) && state;
    });
  }

  /** Searches for `text`, and waits for the row of the process `pid`. */
  async row(pid, text) {
    await this.byId("search-box").fill(text);
    const row = this.page.locator(`[data-testid="process-row"][data-pid="${pid}"]`);
    await row.waitFor();
    return row;
  }

  /** Exact bytes in a cell of a row. */
  async bytes(row, cell) {
    return Number(await row.getByTestId(cell).getAttribute("data-bytes"));
  }

  /** Waits until the text of `locator` matches; tells what it was when it never does. */
  async shows(what, locator, pattern) {
    let text;
    await until(what, async () => pattern.test((text = await locator.innerText()))).catch((error) => {
      throw new Error(`${error.message}; it shows: ${JSON.stringify(text)}`);
    });
  }

  async shot(name) {
    const folder = join(root, "var/e2e");
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }
}
