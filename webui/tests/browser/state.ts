// SPDX-License-Identifier: Apache-2.0

import type { MockPage } from "./page";

/** One that the page can be in: the address, and what is done before looking. */
export type State = readonly [address: string, act: (page: MockPage) => Promise<unknown>, visit?: "first"];

/** The key of the made-up service's first process, which is the same at every visit, and ends first where one does. */
export const firstProcess = "812-56340000000000";

/** As few rows as show all that a row can be: looking at each costs the most. */
export const few = "processes=9&rate=40";
