// SPDX-License-Identifier: Apache-2.0
//
// The link to what is seen: a button with a name, which says what came of it to whoever listens.

import { expect, it, vi } from "vitest";
import CopyLink from "@/components/ui/CopyLink.vue";
import { render } from "./render";

vi.mock("@/composables/useRouter", () => ({ useRouter: () => ({ link: () => "http://127.0.0.1/#/" }) }));

it("a button says what it does in both languages, and nothing has come of it yet", async () => {
  const { html, text } = await render(CopyLink);
  expect(html).toContain('aria-label="Copy a link to what is seen"');
  expect(html).toMatch(/role="status"[^>]*class="visually-hidden"/);
  expect(text).toBe("");
  expect((await render(CopyLink, {}, "es")).html).toContain('aria-label="Copiar un enlace a lo que se ve"');
});
