// SPDX-License-Identifier: Apache-2.0
//
// One component as text, without a browser: what it says, and what it leaves out.

import { type Component, createSSRApp, defineComponent, h } from "vue";
import { renderToString } from "@vue/server-renderer";
import { vi } from "vitest";
import { provideI18n } from "@/composables/useI18n";
import { type Locale, loadLanguage, withDetails } from "@/i18n";

export interface Rendered {
  readonly html: string;
  /** Without its elements, each space once; code is a part of its sentence. */
  readonly text: string;
}

/** Waits for no effect: what a component does once it is mounted is for a browser's test. */
export async function render(component: Component, props: Record<string, unknown> = {}, locale: Locale = "en"): Promise<Rendered> {
  vi.stubGlobal("document", { documentElement: {} });
  const language = await withDetails(await loadLanguage(locale));
  const root = defineComponent({
    setup() {
      provideI18n(language);
      return () => h(component, props, { default: () => "slot" });
    },
  });
  const html = (await renderToString(createSSRApp(root))).replace(/<!--.*?-->/g, "");
  vi.unstubAllGlobals();
  return { html, text: html.replace(/<\/?code[^>]*>/g, "").replace(/<[^>]+>/g, " ").replace(/\s+/g, " ").trim() };
}
