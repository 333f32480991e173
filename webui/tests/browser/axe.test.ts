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
import { afterAll, beforeAll, expect, it, onTestFailed } from "vitest";
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
/** What WCAG's reflow asks for. */
const narrow = { width: 320, height: 844 };
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
  // One that goes on takes time from all that come after it.
  onTestFailed(() => page.page.close());
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

it("nothing is found on paper", async () => {
  const page = await browser.open("?processes=9&rate=40");
  await page.rows().first().waitFor();
  await page.page.emulateMedia({ media: "print" });
  await page.page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  await page.byId("print-table").waitFor();
  expect(await found(page, everyRule)).toEqual([]);
  await page.page.screenshot({ path: join(pictures, "paper.png"), fullPage: true });
  expect(page.problems).toEqual([]);
  await page.page.close();
});

/** Text that is cut, and has no title that says all of it; and texts that lie on each other. */
function crowded(): string[] {
  const root = document.querySelector("dialog[open]") ?? document.body;
  const places: { readonly text: string; readonly box: DOMRect; readonly cell: Element }[] = [];
  const found: string[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    const text = node.textContent?.trim() ?? "";
    if (element === null || text === "" || element.closest(".visually-hidden, svg, option, select, details:not([open]) > :not(summary)") !== null) continue;
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    let box = range.getBoundingClientRect();
    const texts: string[] = [];
    for (let around: Element | null = element; around !== null && root.contains(around); around = around.parentElement) {
      const { overflowX, overflowY, clipPath } = getComputedStyle(around);
      const edge = around.getBoundingClientRect();
      // What is there for ears alone.
      if (clipPath === "inset(50%)") {
        texts.length = 0;
        box = new DOMRect();
        break;
      }
      const scrolls = /auto|scroll/.test(overflowX + overflowY);
      const cuts = overflowX !== "visible" && box.right > edge.right + 1;
      const cutsBelow = overflowY !== "visible" && box.bottom > edge.bottom + 2 && box.top < edge.bottom;
      if ((cuts || cutsBelow) && !scrolls && element.closest("[title]") === null && around.closest("[title]") === null) texts.push(`cut: ${text}`);
      if (overflowX !== "visible" || overflowY !== "visible") {
        const [left, top] = [Math.max(box.left, edge.left), Math.max(box.top, edge.top)];
        // A box of less than nothing would be turned round.
        box = new DOMRect(left, top, Math.max(0, Math.min(box.right, edge.right) - left), Math.max(0, Math.min(box.bottom, edge.bottom) - top));
      }
    }
    found.push(...texts);
    if (box.width > 0 && box.height > 0) places.push({ text, box, cell: element });
  }
  places.forEach((a, i) => {
    for (const b of places.slice(i + 1)) {
      const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
      const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
      if (wide > 2 && high > 3 && a.cell.closest("p, li, dd, dt, h2, h3") !== b.cell.closest("p, li, dd, dt, h2, h3")) found.push(`on each other: ${a.text} | ${b.text}`);
    }
  });
  return [...new Set(found)];
}

it.each(["live", "a process", "alerts", "two ranges, compared"])("whoever spaces text more loses none of it: %s", async (name) => {
  const [address, act] = states[name] ?? ["", async () => undefined];
  const page = await browser.open(address);
  await act(page);
  // WCAG 1.4.12, as a reader's own style sheet does.
  await page.page.evaluate(() => {
    const spaced = new CSSStyleSheet();
    spaced.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }");
    document.adoptedStyleSheets = [spaced];
  });
  for (const look of looks) {
    await wear(page, look);
    expect(await page.page.evaluate(crowded), look.tongue).toEqual([]);
    await page.page.screenshot({ path: join(pictures, `spaced-${name.replaceAll(/[ ,]+/g, "-")}-${look.tongue}.png`), fullPage: true });
  }
  await page.page.close();
});
