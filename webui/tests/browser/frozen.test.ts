// SPDX-License-Identifier: Apache-2.0
//
// A browser stops a tab that nobody sees: what the page says of the time that it did not see, and that it
// comes back by itself. The tab is hidden and frozen by the browser, and the time is real.

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Tab, openTab } from "./tab";

declare global {
  interface Window {
    turns: number;
  }
}

/** Longer than all that the page takes for a pause of the machine's, ms. */
const frozenMs = 8_000;

let tab: Tab;
beforeEach(async () => {
  tab = await openTab("?scene=nodb&processes=9&rate=200");
  // What nobody has looked at yet is not what somebody did not see.
  await expect.poll(rate).toBeGreaterThan(50);
});
afterEach(async () => {
  expect(tab.problems).toEqual([]);
  await tab.close();
});

/** Calls a second; NaN before there is one. */
const rate = () => tab.ask(() => Number(document.querySelector("[data-testid=event-rate]")?.textContent ?? NaN));
const state = () => tab.ask(() => document.querySelector<HTMLElement>("[data-testid=connection-state]")?.dataset["state"]);
const isHidden = () => tab.ask(() => document.hidden);
const completeness = () =>
  tab.ask(() => {
    const told = document.querySelector("[data-testid=completeness]");
    return { text: told?.textContent, why: told?.getAttribute("title") ?? "" };
  });

/** Frozen for a while, of which the page has not had one turn. */
async function freeze(): Promise<void> {
  await tab.ask(() => {
    window.turns = 0;
    setInterval(() => window.turns++, 50);
  });
  await expect.poll(() => tab.ask(() => window.turns)).toBeGreaterThan(2);
  await tab.freeze();
  const fromMs = Date.now();
  const before = await tab.ask(() => window.turns);
  await expect.poll(() => Date.now() - fromMs).toBeGreaterThan(frozenMs);
  expect(await tab.ask(() => window.turns)).toBe(before);
  await tab.thaw();
  await expect.poll(() => tab.ask(() => window.turns)).toBeGreaterThan(before);
}

/** Once, and for as long as it was. */
async function saysThatItSawNothing(): Promise<void> {
  const nothing = /^1 time this page saw nothing, from ([\d:]+) to ([\d:]+): /;
  await expect.poll(async () => (await completeness()).why).toMatch(nothing);
  const { text, why } = await completeness();
  expect(text).toMatch(/^interrupted at \d\d:\d\d$/);
  const [, from = "", to = ""] = nothing.exec(why) ?? [];
  const seconds = (time: string) => time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  // Midnight may lie between.
  expect((seconds(to) - seconds(from) + 86_400) % 86_400, why).toBeGreaterThanOrEqual(frozenMs / 1_000 - 1);
  await expect.poll(() => tab.ask(() => [...document.querySelectorAll("[data-testid=band-unwatched]")].map(({ textContent }) => textContent))).toEqual([expect.stringMatching(/: this page was not watching$/)]);
  expect(await tab.ask(() => document.querySelectorAll("[data-testid=band-gap]").length)).toBe(0);
}

describe("a tab that was hidden and frozen", () => {
  it("is live again by itself, with all that was chosen, and says what it did not see", async () => {
    const chosen = () =>
      tab.ask(() => ({
        pressed: [...document.querySelectorAll("[aria-pressed=true], [aria-checked=true]")].map(({ textContent }) => textContent?.trim()),
        pinned: [...document.querySelectorAll<HTMLElement>("[data-pinned=true]")].map(({ dataset }) => dataset["pid"]),
        search: document.querySelector<HTMLInputElement>("[data-testid=search-box]")?.value,
        address: location.hash,
      }));
    await tab.ask(() => {
      const press = (selector: string) => document.querySelector<HTMLElement>(selector)?.click();
      press("[data-testid=pin-button]");
      press("[data-testid=sort-name]");
      press("[data-testid=measure-switch] [data-value=held]");
      const field = document.querySelector<HTMLInputElement>("[data-testid=search-box]");
      if (field === null) return;
      field.value = "a";
      field.dispatchEvent(new Event("input"));
    });
    await expect.poll(async () => (await chosen()).pressed).toContain("As in the table: a");
    const before = await chosen();
    expect(before.pinned).toHaveLength(1);

    await tab.hide();
    await expect.poll(isHidden).toBe(true);
    await expect.poll(state).toBe("paused");
    await freeze();
    expect(await state()).toBe("paused");
    await tab.show();
    await expect.poll(isHidden).toBe(false);
    await expect.poll(state).toBe("live");
    await saysThatItSawNothing();
    expect(await chosen()).toEqual(before);
    // Figures of now are there again, and are no sum of the time that was not seen.
    await expect.poll(rate).toBeGreaterThan(50);
    expect(await rate()).toBeLessThan(600);
  });
});

describe("a tab that goes on for its alerts while it is hidden", () => {
  it("says what it did not see though the browser froze it", async () => {
    await tab.ask(() => document.querySelector<HTMLElement>("[data-testid=alerts-button]")?.click());
    await expect.poll(() => tab.ask(() => document.querySelector("[data-testid=alert-amount]") !== null)).toBe(true);
    await tab.ask(() => {
      const field = document.querySelector<HTMLInputElement>("[data-testid=alert-amount]");
      if (field === null) return;
      field.value = "900";
      field.dispatchEvent(new Event("input"));
    });
    await tab.ask(() => document.querySelector<HTMLElement>("[data-testid=alert-add]")?.click());
    await tab.ask(() => document.querySelector<HTMLElement>("[data-testid=notify]")?.click());
    await expect.poll(() => tab.ask(() => document.querySelector<HTMLInputElement>("[data-testid=notify]")?.checked)).toBe(true);
    await tab.hide();
    await expect.poll(isHidden).toBe(true);
    await expect.poll(state).toBe("live");
    expect((await completeness()).text).toBe("none lost");
    await freeze();
    await expect.poll(state).toBe("live");
    expect(await isHidden()).toBe(true);
    await saysThatItSawNothing();
  });
});
