// SPDX-License-Identifier: Apache-2.0
//
// The dictionaries' types and the translator. Small on purpose: keys are checked by the compiler,
// plurals are Intl's, and nothing is compiled in the browser, which a strict CSP would refuse.

import type { en } from "./en";
import type { details } from "./en/details";

/** Forms by Intl.PluralRules' categories; `other` is what every language has. */
export type Plural = { readonly other: string } & { readonly [category in Intl.LDMLPluralRule]?: string };

type English = typeof en & typeof details;
export type Key = keyof English;
export type PluralKey = { [K in Key]: English[K] extends string ? never : K }[Key];
export type TextKey = Exclude<Key, PluralKey>;

/** What a dictionary must have: every key, as text where English has text. */
export type Messages = MessagesLike<typeof en>;
/** The part of it that comes with a process's own page. */
export type Details = MessagesLike<typeof details>;

/** The same of a part of the English dictionary. */
export type MessagesLike<English> = { readonly [K in keyof English]: English[K] extends string ? string : Plural };

export type Params = Readonly<Record<string, string | number>>;

export function fill(text: string, params?: Params): string {
  // Of most texts, which are asked for with every line that is drawn.
  if (params === undefined) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

export interface Translator {
  t(key: TextKey, params?: Params): string;
  /** {n} is the number as the locale writes it. */
  tn(key: PluralKey, n: number | bigint, params?: Params): string;
}

/** A text whose part of the dictionary has not come is its key. */
export function createTranslator(locale: string, messages: Messages & Partial<Details>): Translator {
  const rules = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);
  return {
    t: (key, params) => fill(messages[key] ?? key, params),
    tn(key, n, params) {
      const forms: Plural = messages[key] ?? { other: key };
      return fill(forms[rules.select(Number(n))] ?? forms.other, { n: numbers.format(n), ...params });
    },
  };
}
