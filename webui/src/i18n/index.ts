// SPDX-License-Identifier: Apache-2.0
//
// The languages there are. A visit loads the dictionary of its own alone, and what only a process's own
// page says once that is opened.

import type { Details, Messages } from "./messages";

export const locales = ["en", "es"] as const;
export type Locale = (typeof locales)[number];

/** A language that can be spoken at once. */
export interface Language {
  readonly locale: Locale;
  readonly messages: Messages & Partial<Details>;
}

const dictionaries: Readonly<Record<Locale, () => Promise<Messages>>> = {
  en: async () => (await import("./en")).en,
  es: async () => (await import("./es")).es,
};

const detailed: Readonly<Record<Locale, () => Promise<Details>>> = {
  en: async () => (await import("./en/details")).details,
  es: async () => (await import("./es/details")).details,
};

/** Fails where the service that has the page's files cannot be reached. */
export async function loadLanguage(locale: Locale): Promise<Language> {
  return { locale, messages: await dictionaries[locale]() };
}

/** The same language, and all that it can say; fails as `loadLanguage`. */
export async function withDetails({ locale, messages }: Language): Promise<Language> {
  return { locale, messages: { ...messages, ...(await detailed[locale]()) } };
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
