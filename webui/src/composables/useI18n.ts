// SPDX-License-Identifier: Apache-2.0

import { type ComputedRef, type InjectionKey, type Ref, computed, inject, provide, ref, watchEffect } from "vue";
import { type Formats, createFormats } from "@/domain/format";
import { type Locale, type Translator, chooseLocale, createTranslator, dictionaries, locales } from "@/i18n";
import { recall, remember } from "./storage";

export interface I18n extends Translator {
  readonly locale: Readonly<Ref<Locale>>;
  readonly format: ComputedRef<Formats>;
  readonly next: () => void;
}

const i18nKey: InjectionKey<I18n> = Symbol("i18n");

export function provideI18n(): I18n {
  const locale = ref<Locale>(recall("locale", locales) ?? chooseLocale(navigator.languages));
  const translator = computed(() => createTranslator(locale.value, dictionaries[locale.value]));
  const format = computed(() => createFormats(locale.value));
  watchEffect(() => (document.documentElement.lang = locale.value));
  const i18n: I18n = {
    locale,
    format,
    t: (key, params) => translator.value.t(key, params),
    tn: (key, n, params) => translator.value.tn(key, n, params),
    next() {
      locale.value = locales[(locales.indexOf(locale.value) + 1) % locales.length] ?? "en";
      remember("locale", locale.value);
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
