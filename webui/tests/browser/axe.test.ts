// SPDX-License-Identifier: Apache-2.0
//
// WCAG 2.2 AA, as far as a program can tell, in every state that the page can be in, in two looks
// that share nothing. A page is opened once for both, in either of them first: to open it, and to have
// axe read, takes as long as to look. What a person has to judge is in var/page afterwards: a picture of
// each state in both looks, and in all eight (wide and narrow, light and dark, both languages) after
// `npm run looks`, which takes twice as long.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AxeResults, RunOptions } from "axe-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Browser, type MockPage, openBrowser } from "./page";
import { states } from "./states";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Where the pictures are. */
const pictures = fileURLToPath(new URL("../../../var/page", import.meta.url));
const wantsAll = process.env["MEMMON_LOOKS"] !== undefined;

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

/** A picture of the state as it is; and, where all are wanted, in every other theme and width of its language. */
async function picture(page: MockPage, name: string, own: Look): Promise<void> {
  const narrowed = { ...own, box: own.box === wide ? narrow : wide };
  const others = [{ ...own, dark: !own.dark }, { ...narrowed, dark: !own.dark }, narrowed];
  for (const look of [own, ...(wantsAll ? others : [])]) {
    await wear(page, look);
    const file = [name, look.dark ? "dark" : "light", look.box === wide ? "wide" : "narrow", look.tongue].join("-");
    await page.page.screenshot({ path: join(pictures, `${file.replaceAll(/[ ,]+/g, "-")}.png`), fullPage: true });
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
    await picture(page, name, look);
  }
  expect(page.problems).toEqual([]);
  await page.page.close();
});
