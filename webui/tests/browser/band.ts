// SPDX-License-Identifier: Apache-2.0
//
// The band of activity, as a mouse uses it.

import { expect } from "vitest";
import type { MockPage } from "./page";

/** Waits until the band shows what is stored. */
export async function banded(page: MockPage): Promise<void> {
  await expect.poll(async () => Number(await page.byId("band").getAttribute("data-steps"))).toBeGreaterThan(20);
}

export async function dragBand(page: MockPage, from: number, to: number): Promise<void> {
  const box = await page.byId("band").boundingBox();
  if (box === null) throw new Error("there is no band");
  const y = box.y + 20;
  await page.page.mouse.move(box.x + box.width * from, y);
  await page.page.mouse.down();
  await page.page.mouse.move(box.x + box.width * ((from + to) / 2), y, { steps: 3 });
  await page.page.mouse.move(box.x + box.width * to, y, { steps: 3 });
  await page.page.mouse.up();
}
