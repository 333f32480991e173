// SPDX-License-Identifier: Apache-2.0
//
// WCAG 2.2 AA, as far as a program can tell, in every state that the page can be in, in two looks
// that share nothing. A page is opened once for both, in either of them first: to open it, and to have
// axe read, takes as long as to look. `npm run looks` leaves what a person has to judge in var/page:
// pictures of each state, wide and narrow, light and dark, in both languages.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AxeResults, RunOptions } from "axe-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Browser, type MockPage, openBrowser } from "./page";
import { states } from "./states";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Where the pictures go; undefined where nobody wants them: eight of a state take longer than the rest. */
const pictures = process.env["MEMMON_LOOKS"] ? fileURLToPath(new URL("../../../var/page", import.meta.url)) : undefined;

const everyRule = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
/** Those that another look of the same elements may break. */
const rulesOfLooks = ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable", "html-has-lang", "html-lang-valid"];

/** What is wrong, rule and element; nothing where nothing is. */
async function found({ page }: MockPage, rules: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const results = await page.evaluate<AxeResults, readonly string[]>(async (runOnly) => {
    const run = (window as unknown as { axe: { run: (options: RunOptions) => Promise<AxeResults> } }).axe.run;
    return run({ resultTypes: ["violations"], runOnly: [...runOnly] });
  }, rules);
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary ?? ""}`.replaceAll("\n", " ")),
  );
}

const wide = { width: 1440, height: 900 };
const narrow = { width: 390, height: 844 };
type Tongue = "en" | "es";
interface Look {
  readonly tongue: Tongue;
  readonly dark: boolean;
  readonly box: typeof wide;
  readonly still: boolean;
}
/** They share nothing. */
const looks: readonly Look[] = [
  { tongue: "en", dark: false, box: wide, still: false },
  { tongue: "es", dark: true, box: narrow, still: true },
];

/** Waits until the page has it. */
async function wear({ page }: MockPage, { tongue, dark, box, still }: Look): Promise<void> {
  await page.emulateMedia({ colorScheme: dark ? "dark" : "light", reducedMotion: still ? "reduce" : "no-preference" });
  if (page.viewportSize()?.width !== box.width) await page.setViewportSize(box);
  await page.evaluate((wanted) => {
    // A dialog may be before the switch, and whoever has the focus keeps it.
    if (document.documentElement.lang !== wanted) document.querySelector<HTMLElement>("[data-testid=language-switch]")?.click();
  }, tongue);
  // With its next frame the page is told of its width.
  await page.evaluate(() => new Promise((told) => requestAnimationFrame(told)));
  await page.locator(`html[lang=${tongue}][data-theme=${dark ? "dark" : "light"}]`).waitFor();
}

/** Pictures of the state in a language: as it is, and in every other theme and width. */
async function picture(page: MockPage, name: string, folder: string, own: Look): Promise<void> {
  const other = own.box === wide ? narrow : wide;
  for (const look of [own, { ...own, dark: !own.dark }, { ...own, dark: !own.dark, box: other }, { ...own, box: other }]) {
    await wear(page, look);
    const file = [name, look.dark ? "dark" : "light", look.box === wide ? "wide" : "narrow", look.tongue].join("-");
    await page.page.screenshot({ path: join(folder, `${file.replaceAll(/[ ,]+/g, "-")}.png`), fullPage: true });
  }
}

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());

it.each(Object.keys(states).map((name, at) => [name, at % 2 === 0 ? looks : [...looks].reverse()] as const))("nothing is found: %s", async (name, inTurn) => {
  const [address, act, visit] = states[name] ?? ["", async () => undefined];
  const page = await browser.open(address, visit);
  for (const [turn, look] of inTurn.entries()) {
    await wear(page, look);
    if (turn === 0) await act(page);
    expect(await found(page, turn === 0 ? everyRule : rulesOfLooks)).toEqual([]);
    // Reflow: nobody has to scroll sideways.
    expect(await page.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    if (pictures !== undefined) await picture(page, name, pictures, look);
  }
  expect(page.problems).toEqual([]);
  await page.page.close();
});
