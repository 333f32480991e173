// SPDX-License-Identifier: Apache-2.0
//
// Every state that the page can be in: all of them are looked at.

import type { Scene } from "@/mock/scenes";
import type { MockPage } from "./page";
import { pastStates } from "./pastStates";
import { type State, few, firstProcess } from "./state";

/** A process's page, with something on it. */
const openFirst = (page: MockPage, shows: string) => page.rows().first().getByTestId("process-link").click().then(() => page.byId(shows).first().waitFor());

/** memmond has another page from now on, for who asks without loading it. */
export async function update({ page }: MockPage): Promise<void> {
  const newer = { contentType: "text/html", body: '<script type="module" src="/assets/index-newer.js"></script>' };
  await page.route(
    ({ pathname }) => pathname === "/",
    (route) => (route.request().resourceType() === "fetch" ? route.fulfill(newer) : route.continue()),
  );
}

/** States by name. */
export const states: Readonly<Record<string, State>> = {
  ...pastStates,
  "a first visit": [`?${few}`, (page) => page.byId("welcome").waitFor(), "first"],
  connecting: ["?scene=connecting", (page) => page.page.locator("[data-state=connecting]").waitFor()],
  hidden: [
    `?${few}`,
    async (page) => {
      await page.rows().first().waitFor();
      await page.hide(true);
      await page.page.locator("[data-state=paused]").waitFor();
    },
  ],
  "hidden before": [
    `?${few}&database=off`,
    async (page) => {
      await page.page.locator("[data-state=live]").waitFor();
      await page.hide(true);
      await page.hide(false);
      await page.byId("completeness").getByText(/^interru/).waitFor({ state: "attached" });
    },
  ],
  "records of a process lost": [`?${few}&scene=lossy`, (page) => openFirst(page, "not-all")],
  "memmond too old to tell calls": [`?${few}&scene=old`, (page) => openFirst(page, "calls-untold")],
  "a busy host": ["?processes=40&rate=4000&scene=steady", (page) => page.byId("log-unshown").waitFor()],
  "records lost": [`?${few}&scene=lossy`, (page) => page.byId("band-gap").first().waitFor({ state: "attached" })],
  "processes that memmond has no room for": [`?${few}&scene=untracked`, (page) => page.byId("untracked-notice").waitFor()],
  "memmond updated": [
    `?${few}`,
    async (page) => {
      await page.rows().first().waitFor();
      await update(page);
      await page.page.evaluate(() => window.dispatchEvent(new Event("vite:preloadError")));
      await page.byId("updated-notice").waitFor();
    },
  ],
  "memmond too old": ["?scene=outdated", (page) => page.byId("access-notice").waitFor()],
  "not allowed": ["?scene=forbidden", (page) => page.byId("access-notice").waitFor()],
  "a token wanted": ["?scene=token", (page) => page.byId("token-field").waitFor()],
  "a wrong token": [
    "?scene=token",
    async (page) => {
      await page.byId("token-field").fill("wrong");
      await page.press("Enter");
      await page.byId("token-wrong").filter({ hasText: /./ }).waitFor();
    },
  ],
  "no token given": [
    "?scene=token",
    async (page) => {
      await page.byId("token-field").waitFor();
      await page.press("Escape");
      await page.byId("token-dialog").waitFor({ state: "detached" });
    },
  ],
  "addresses hidden": [
    `?${few}&scene=hidden&steady`,
    async (page) => {
      await page.rows().first().getByTestId("process-link").click();
      await page.byId("map-problem").waitFor();
    },
  ],
  "history not told": [`?${few}&scene=denied#/?from=1000000000000&to=1000000600000`, (page) => page.byId("history-notice").waitFor()],
  "a memmond without history": [`?${few}&scene=old#/?from=1000000000000&to=1000000600000`, (page) => page.byId("history-notice").waitFor()],
  "a process that ended": [
    // It ends soon, and is opened before by its address.
    `?${few}&scene=ending#/process/${firstProcess}`,
    (page) => page.page.locator("[data-testid=process-state][data-ended=true]").waitFor(),
  ],
  live: [`?${few}`, (page) => page.rows().first().waitFor()],
  waiting: [`?${few}&scene=waiting`, (page) => page.byId("source-notice").waitFor()],
  failed: [`?${few}&scene=failed`, (page) => page.byId("source-notice").waitFor()],
  ended: [`?${few}&scene=ended`, (page) => page.byId("source-notice").waitFor()],
  empty: [`?${few}&scene=empty`, (page) => page.byId("table-empty").waitFor()],
  down: [`?${few}&scene=down`, (page) => page.rows().first().waitFor()],
  uncertain: [`?${few}&scene=uncertain`, (page) => page.page.locator(".late").first().waitFor()],
  broken: [`?${few}&scene=broken`, (page) => page.page.locator("[data-state=reconnecting]").waitFor()],
  silent: [`?${few}&scene=silent`, (page) => page.page.locator("[data-state=stale]").waitFor()],
  gap: [`?${few}&scene=gap`, (page) => page.byId("log-gap").first().waitFor()],
  "a wrong expression": [`?${few}`, (page) => page.byId("search-box").fill("/(/")],
  "nothing found": [`?${few}`, (page) => page.byId("search-box").fill("nobody is called so")],
  "columns to choose": [
    // Those of a link stay, however wide the page becomes.
    "#/?columns=pid.name.cgroup.held.virtualSize.share.requested",
    async (page) => {
      await page.byId("columns-button").click();
      await page.page.locator("[data-column=cgroup]:checked").waitFor();
    },
  ],
  "pinned and chosen": [
    "",
    async (page) => {
      await page.rows().first().waitFor();
      await page.press("j", "Space", "j", "j", "Space", "j", "l");
    },
  ],
  groups: [
    "",
    async (page) => {
      await page.arrange("program");
      await page.byId("group-row").first().click();
    },
  ],
  tree: [`?${few}`, (page) => page.arrange("tree")],
  "what to save": [`?${few}`, (page) => page.byId("table-export").getByTestId("export-button").click()],
  "bars and patterns": [
    `?${few}`,
    async (page) => {
      await page.byId("share-view").locator("[data-value=bars]").click();
      await page.byId("patterns").click();
      await page.byId("share-bar").first().waitFor();
    },
  ],
  alerts: [
    `?${few}&scene=gap`,
    async (page) => {
      await page.byId("log-gap").first().waitFor();
      await page.press("a");
      await page.byId("alert-pattern").fill("*");
      await page.byId("alert-amount").fill("0.01");
      await page.byId("alert-add").click();
      await page.byId("alarm").first().waitFor();
      // The browser has been told not to.
      await page.page.evaluate(() => Object.defineProperty(Notification, "permission", { value: "denied", configurable: true }));
      await page.byId("notify").click();
      await page.byId("notify-note").getByText(/^This browser does not allow it|^Este navegador no lo permite/).waitFor();
    },
  ],
  "alerts that ring": [
    `?${few}&scene=steady`,
    async (page) => {
      await page.press("a");
      await page.byId("alert-kind").selectOption("growth");
      await page.byId("alert-amount").fill("0.01");
      await page.byId("alert-add").click();
      await page.press("Escape");
      await page.byId("alerts-count").waitFor();
    },
  ],
  suspects: [
    "?processes=9&rate=300&scene=leak",
    async (page) => {
      await page.press("g");
      await page.byId("suspect").first().waitFor();
    },
  ],
  help: [`?${few}`, (page) => page.press("?")],
  containers: [
    "#/?columns=pid.name.container.held.virtualSize.resident.share.rate.trend",
    async (page) => {
      await page.arrange("container");
      await page.byId("group-row").nth(1).click();
    },
  ],
  paused: [`?${few}`, (page) => page.press("p")],
  "a process": [
    "?scene=steady",
    async (page) => {
      await page.rows().first().waitFor();
      await page.press("j", "Enter");
      await page.byId("sizes").locator("table").waitFor({ state: "attached" });
      await page.byId("map-names-file").click();
      await page.byId("time-chart").first().focus();
      await page.press("ArrowLeft");
    },
  ],
  "a process, compared with one that nobody knows": [
    `?${few}&scene=steady`,
    async (page) => {
      await openFirst(page, "course");
      await page.page.evaluate(() => (window.location.hash += "?with=77-77"));
      await page.byId("compare-unknown").waitFor();
    },
  ],
  "a process that memmond may not look into": [
    `?${few}&scene=coarse&steady`,
    async (page) => {
      await page.rows().first().waitFor();
      await page.press("j", "Enter");
      await page.byId("map-coarse").waitFor();
    },
  ],
  "a hint": [
    `?${few}&scene=steady`,
    async (page) => {
      await page.rows().first().waitFor();
      await page.press("j", "Enter");
      await page.byId("hint-button").focus();
      await page.page.getByRole("tooltip").waitFor();
    },
  ],
  "figures explained": [
    `?${few}`,
    async (page) => {
      await page.rows().first().waitFor();
      // The first key may come before what it is for.
      while ((await page.byId("hint").count()) === 0) await page.press("i");
      while (!(await page.page.locator("main dl.tiles > [aria-describedby=hint]").count())) await page.press("i");
    },
  ],
  recording: [`?${few}&scene=recording`, (page) => page.page.locator("[data-state=recording]").waitFor()],
  // As many as there is room for on one screen.
  "a large minute, a full spool, the last minutes' shares, and a log in which nobody matches": [
    `?${few}&scene=spike&cause=TABLES_FULL,SPOOL_FULL&unstored=1200#/?filter=container:nowhere&last=5`,
    async (page) => {
      await page.byId("database-notice").waitFor();
      await page.byId("band-cut").first().waitFor({ state: "attached" });
      await page.byId("share-since").waitFor();
      await page.byId("log-empty").waitFor();
    },
  ],
  "no database": [`?${few}&scene=nodb`, (page) => page.byId("history-off").waitFor()],
  "a process that nobody knows": [`?${few}#/process/1-1`, (page) => page.byId("process-title").waitFor()],
};

/** Scenes that no state is of, and why not. */
export const unseen: Readonly<Partial<Record<Scene, string>>> = {
  busy: "as waiting, in other words: notices.test.ts reads those of every cause",
};
