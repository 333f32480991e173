// SPDX-License-Identifier: Apache-2.0

import { type ComputedRef, type InjectionKey, type Ref, computed, inject, provide, shallowRef, watchEffect } from "vue";
import { type Formats, createFormats } from "@/domain/format";
import { type Language, type Locale, type Translator, createTranslator, loadLanguage, locales, withDetails } from "@/i18n";
import { remember } from "./storage";

export interface I18n extends Translator {
  readonly locale: Readonly<Ref<Locale>>;
  readonly format: ComputedRef<Formats>;
  /** Loads what only a process's own page says, in this language and from now on in each. */
  readonly loadDetails: () => Promise<void>;
  /** Goes on to the next language once it is here; where it cannot be had, the page keeps its own. */
  readonly next: () => Promise<void>;
}

const i18nKey: InjectionKey<I18n> = Symbol("i18n");

/** `first` is what the page speaks from its first moment. */
export function provideI18n(first: Language): I18n {
  const language = shallowRef(first);
  const locale = computed(() => language.value.locale);
  const translator = computed(() => createTranslator(locale.value, language.value.messages));
  const format = computed(() => createFormats(locale.value));
  let wanted = first.locale;
  let detailed = false;
  watchEffect(() => (document.documentElement.lang = locale.value));
  const i18n: I18n = {
    locale,
    format,
    t: (key, params) => translator.value.t(key, params),
    tn: (key, n, params) => translator.value.tn(key, n, params),
    async loadDetails() {
      if (detailed) return;
      const { value } = language;
      const loaded = await withDetails(value);
      detailed = true;
      // Whoever has changed the language meanwhile has another one now.
      language.value = language.value === value ? loaded : await withDetails(language.value);
    },
    async next() {
      const mine = (wanted = locales[(locales.indexOf(wanted) + 1) % locales.length] ?? "en");
      try {
        const plain = await loadLanguage(mine);
        const loaded = detailed ? await withDetails(plain) : plain;
        // Whoever asked again meanwhile wants another one.
        if (mine !== wanted) return;
        language.value = loaded;
        remember("locale", mine);
      } catch {
        if (mine === wanted) wanted = locale.value;
      }
    },
  };
  provide(i18nKey, i18n);
  return i18n;
}

export function useI18n(): I18n {
  const i18n = inject(i18nKey);
  if (i18n === undefined) throw new Error("useI18n needs provideI18n above it");
  return i18n;
}
