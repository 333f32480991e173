// SPDX-License-Identifier: Apache-2.0
//
// The mock page in headless Chromium.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, type Locator, type Page, chromium } from "playwright-core";
import { expect, inject } from "vitest";

export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  readonly locale?: string;
  /** The zone of its clock, as IANA names it; without one it is noon. */
  readonly zone?: string;
  readonly reducedMotion?: boolean;
  /** A finger instead of a mouse. */
  readonly touch?: boolean;
}

export interface Browser {
  /** A page of its own at `address`, which goes on from the mock page's root; script errors, and requests to anywhere else, fail it. */
  open(address?: string, visit?: "first" | "later"): Promise<MockPage>;
  close(): Promise<void>;
}

export class MockPage {
  readonly problems: string[] = [];

  constructor(readonly page: Page) {
    page.on("pageerror", (error) => this.problems.push(String(error)));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.problems.push(message.text());
    });
    const { origin: own, host } = new URL(inject("pageUrl"));
    page.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (/^https?:$/.test(protocol) && origin !== own) this.problems.push(`asks another origin: ${request.url()}`);
    });
    page.on("websocket", (socket) => {
      if (new URL(socket.url()).host !== host) this.problems.push(`asks another origin: ${socket.url()}`);
    });
  }

  byId(id: string): Locator {
    return this.page.getByTestId(id);
  }

  rows(): Locator {
    return this.byId("process-row");
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** What the keyboard is at: the process id or the group's name. */
  async active(): Promise<string | null> {
    return this.page.evaluate(() => {
      const id = document.activeElement?.getAttribute("aria-activedescendant") ?? "";
      const line = document.getElementById(id);
      return line?.dataset["pid"] ?? line?.dataset["name"] ?? null;
    });
  }

  /** Waits until the service has told the page to forget a process. */
  async forgotten(pid: number): Promise<void> {
    await this.page.waitForFunction((mark) => performance.getEntriesByName(mark).length > 0, `forgotten ${pid}`);
  }

  /** Hides it, or shows it again, as the browser tells that. */
  async hide(hidden: boolean): Promise<void> {
    await this.page.evaluate((value) => {
      Object.defineProperty(document, "hidden", { value, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  }

  /** Closes it; it fails the test that there was a problem. */
  async done(): Promise<void> {
    expect(this.problems).toEqual([]);
    await this.page.close();
  }

  async arrange(as: string): Promise<void> {
    await this.byId("arrangement").locator(`[data-value=${as}]`).click();
  }
}

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
export async function openBrowser(look: Look = {}): Promise<Browser> {
  const url = inject("pageUrl");
  const profile = await mkdtemp(join(tmpdir(), "memmon-chromium-"));
  const context: BrowserContext = await chromium.launchPersistentContext(profile, {
    executablePath: "/usr/bin/chromium",
    headless: true,
    args: flags,
    viewport: { width: look.width ?? 1440, height: look.height ?? 900 },
    locale: look.locale ?? "en-US",
    ...(look.zone === undefined ? {} : { timezoneId: look.zone }),
    hasTouch: look.touch ?? false,
    colorScheme: look.dark ? "dark" : "light",
    reducedMotion: look.reducedMotion ? "reduce" : "no-preference",
  });
  return {
    async open(address = "", visit = "later") {
      const page = new MockPage(await context.newPage());
      // What an earlier test chose is remembered; this one begins anew, and what it chooses outlives its reloads.
      await page.page.addInitScript((later) => {
        // A page of nowhere, on the way to another, remembers nothing.
        if (location.origin === "null" || sessionStorage.getItem("begun") !== null) return;
        sessionStorage.setItem("begun", "yes");
        localStorage.clear();
        // Whoever was here before has been told what the page is.
        if (later) localStorage.setItem("memmon.welcomed", "yes");
      }, visit === "later");
      await page.page.goto(url + address);
      await page.page.locator("main").waitFor();
      return page;
    },
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
