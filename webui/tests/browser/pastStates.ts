// SPDX-License-Identifier: Apache-2.0
//
// The states of the page in which it shows the past, or why it cannot.

import { type State, few } from "./state";

const hour = 3_600_000;

export const pastStates: Readonly<Record<string, State>> = {
  "a range": [
    `?${few}`,
    async (page) => {
      await page.page.locator("[data-last='60']").click();
      await page.byId("log-row").first().waitFor();
      await page.byId("range-from").focus();
    },
  ],
  "a range of exact times, wrong": [
    `?${few}`,
    async (page) => {
      await page.byId("exact-times").click();
      await page.byId("exact-to").fill("2001-01-01T00:00:01");
    },
  ],
  "a process in a range, compared": [
    `?${few}`,
    async (page) => {
      await page.rows().first().waitFor();
      await page.press("j", "Enter");
      await page.byId("compare").selectOption({ index: 1 });
      await page.page.locator("[data-last='60']").click();
      await page.byId("past-process-requested").waitFor();
      await page.byId("log-row").first().waitFor();
    },
  ],
  "two ranges, compared": [
    `?${few}`,
    async (page) => {
      await page.page.locator("[data-last='60']").click();
      await page.byId("compare-ranges").click();
      await page.byId("compared").first().waitFor();
    },
  ],
  "a range that is stored in part": [
    `?${few}&scene=stopped`,
    async (page) => {
      await page.page.locator("[data-last='60']").click();
      await page.byId("past-note").getByText(/Nothing is stored after|No hay nada guardado después/).waitFor();
      await page.byId("log-row").first().waitFor();
    },
  ],
  "a range of which nothing is stored": [
    `?${few}&scene=stopped`,
    async (page) => {
      await page.page.locator("[data-last='5']").click();
      await page.byId("past-note").waitFor();
    },
  ],
  "a range in which memmond began anew": [
    `?${few}&scene=restarted#/?columns=pid.name.user.container.cgroup.held.requested.rate.trend`,
    async (page) => {
      await page.page.locator("[data-last='1440']").click();
      await page.byId("past-down").waitFor();
      await page.byId("log-row").first().waitFor();
    },
  ],
  "two ranges, compared, in one of which memmond began anew": [
    `?${few}&scene=restarted#/?from=${Date.now() - 4 * hour}&to=${Date.now()}`,
    async (page) => {
      await page.byId("compare-ranges").click();
      await page.byId("compared").first().waitFor();
    },
  ],
  "two ranges, compared, of one of which nothing is stored": [
    `?${few}&scene=restarted#/?from=${Date.now() - 24 * hour}&to=${Date.now()}`,
    async (page) => {
      await page.byId("compare-ranges").click();
      await page.byId("comparison-totals").waitFor();
    },
  ],
  "a range without a database": [`?${few}&scene=nodb#/?from=1000000000000&to=1000000600000`, (page) => page.byId("history-notice").waitFor()],
  "a range while the database is down": [`?${few}&scene=down#/?from=1000000000000&to=1000000600000`, (page) => page.byId("history-notice").waitFor()],
};
