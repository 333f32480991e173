// SPDX-License-Identifier: Apache-2.0
//
// What a first visit is told: three sentences, in either language, and once.

import { beforeEach, expect, it, vi } from "vitest";
import WelcomeNote from "@/components/notices/WelcomeNote.vue";
import { render } from "./render";

const kept = new Map<string, string>();
function note(locale: "en" | "es") {
  vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) });
  return render(WelcomeNote, {}, locale);
}
beforeEach(() => kept.clear());

it.each([
  ["en", "memmon shows which process", "Understood"],
  ["es", "memmon muestra qué proceso", "Entendido"],
] as const)("is told in three sentences, and once: %s", async (locale, begins, closes) => {
  const { html, text } = await note(locale);
  const [, sentences = ""] = /<p[^>]*>(.*?)<\/p>/s.exec(html) ?? [];
  expect(sentences.match(/[.](\s|$)/g)).toHaveLength(3);
  expect(sentences).toContain(begins);
  expect(text.endsWith(closes)).toBe(true);
  expect((await note(locale)).text).toBe("");
});
