// SPDX-License-Identifier: Apache-2.0
//
// The languages there are. A visit loads the dictionary of its own alone.

import type { Messages } from "./messages";

export const locales = ["en", "es"] as const;
export type Locale = (typeof locales)[number];

/** A language that can be spoken at once. */
export interface Language {
  readonly locale: Locale;
  readonly messages: Messages;
}

const dictionaries: Readonly<Record<Locale, () => Promise<Messages>>> = {
  en: async () => (await import("./en")).en,
  es: async () => (await import("./es")).es,
};

/** Fails where the service that has the page's files cannot be reached. */
export async function loadLanguage(locale: Locale): Promise<Language> {
  return { locale, messages: await dictionaries[locale]() };
}

/** The first of the languages that people prefer and that there is a dictionary for. */
export function chooseLocale(preferred: readonly string[]): Locale {
  for (const tag of preferred) {
    const language = tag.toLowerCase().split("-")[0];
    const found = locales.find((locale) => locale === language);
    if (found !== undefined) return found;
  }
  return "en";
}

export * from "./messages";
