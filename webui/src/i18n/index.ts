// SPDX-License-Identifier: Apache-2.0

import { en } from "./en";
import { es } from "./es";
import type { Messages } from "./messages";

export const locales = ["en", "es"] as const;
export type Locale = (typeof locales)[number];

export const dictionaries: Readonly<Record<Locale, Messages>> = { en, es };

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
