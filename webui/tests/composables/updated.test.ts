// SPDX-License-Identifier: Apache-2.0
//
// Whether the page is older than the memmond that has its files.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { effectScope } from "vue";
import { useUpdated } from "@/composables/useUpdated";

const own = "/assets/index-old.js";
const windowLike = Object.assign(new EventTarget(), { location: { pathname: "/" } });
const scope = effectScope();
beforeEach(() => vi.stubGlobal("window", windowLike));
afterEach(() => vi.unstubAllGlobals());

/** Whether it says so after something could not be loaded, where memmond answers this. */
async function told(answer: () => Promise<Response>): Promise<boolean> {
  const fetched = vi.fn(answer);
  vi.stubGlobal("fetch", fetched);
  const updated = scope.run(() => useUpdated(own));
  expect(updated?.value).toBe(false);
  windowLike.dispatchEvent(new Event("vite:preloadError"));
  await vi.waitFor(() => expect(fetched.mock.settledResults.at(-1)?.type).toMatch(/fulfilled|rejected/));
  await new Promise((resolve) => setTimeout(resolve));
  return updated?.value ?? false;
}
const page = (script: string, status = 200) => () => Promise.resolve(new Response(`<script src="${script}">`, { status }));

it("is said once a part cannot be loaded, and memmond has another page", async () => {
  expect(await told(page("/assets/index-new.js"))).toBe(true);
});

it("is not where it has this page, none, or does not answer", async () => {
  expect(await told(page(own))).toBe(false);
  expect(await told(page("/assets/index-new.js", 502))).toBe(false);
  expect(await told(() => Promise.reject(new TypeError("Failed to fetch")))).toBe(false);
  scope.stop();
});
