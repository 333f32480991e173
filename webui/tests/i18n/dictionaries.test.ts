// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { errnos } from "@/domain/errno";
import { measures } from "@/domain/pie";
import { kindGroups } from "@/domain/kinds";
import { chooseLocale, createTranslator, fill, loadLanguage, locales, withDetails } from "@/i18n";

const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
const forms = (message: string | object): string[] => (typeof message === "string" ? [message] : Object.values(message));

const whole = async (locale: (typeof locales)[number]) => withDetails(await loadLanguage(locale));
const languages = await Promise.all(locales.map(whole));
const english: Readonly<Record<string, string | object>> = (await whole("en")).messages;

describe.each(languages)("the dictionary $locale", ({ locale, messages }) => {
  const dictionary: Readonly<Record<string, string | object>> = messages;

  it("has every key and no other", () => {
    expect(Object.keys(dictionary).sort()).toEqual(Object.keys(english).sort());
  });

  it("has no empty text, and the same parameters as English in every form", () => {
    for (const [key, message] of Object.entries(dictionary)) {
      const wanted = names(forms(english[key] ?? "").at(-1) ?? "");
      for (const form of forms(message)) {
        expect(form.trim(), key).not.toBe("");
        expect(names(form), key).toEqual(wanted);
      }
    }
  });

  it("writes apostrophes as typesetters do", () => {
    for (const [key, message] of Object.entries(dictionary)) expect(forms(message).join(), key).not.toMatch(/[A-Za-z]'[a-z ]/);
  });

  it("has each plural form that the language needs", () => {
    const needed = [...new Intl.PluralRules(locale).resolvedOptions().pluralCategories].sort();
    for (const [key, message] of Object.entries(dictionary)) {
      if (typeof message === "object") expect(Object.keys(message).sort(), key).toEqual(needed);
    }
  });

  it("has a text for every error, measure and kind", () => {
    const keys = [...errnos.map((e) => `errno.${e}`), ...measures.map((m) => `pie.${m}`), ...kindGroups.map((k) => `kind.${k}`)];
    for (const key of keys) expect(dictionary[key], key).toBeTypeOf("string");
  });
});

describe("translating", () => {
  it("fills parameters, and leaves unknown ones to be seen", () => {
    expect(fill("{a} and {b}", { a: 1 })).toBe("1 and {b}");
  });

  it("chooses the plural form of the language", () => {
    const [en, es] = languages.map(({ locale, messages }) => createTranslator(locale, messages));
    if (en === undefined || es === undefined) throw new Error("a language is missing");
    expect(en.tn("table.count", 1)).toBe("1 process");
    expect(en.tn("table.count", 0)).toBe("0 processes");
    expect(en.tn("table.count", 12_345)).toBe("12,345 processes");
    expect(es.tn("table.count", 1)).toBe("1 proceso");
    expect(es.tn("table.count", 2_000_000)).toBe("2.000.000 de procesos");
    expect(es.tn("log.new", 3n)).toBe("+3 nuevas");
  });

  it("says a key where its part of the dictionary has not come", async () => {
    const { locale, messages } = await loadLanguage("en");
    const { t, tn } = createTranslator(locale, messages);
    expect([t("map.title"), tn("map.names", 1)]).toEqual(["map.title", "map.names"]);
  });

  it("takes the first language that it knows", () => {
    expect(chooseLocale(["fr-FR", "es-MX", "en"])).toBe("es");
    expect(chooseLocale(["de"])).toBe("en");
    expect(chooseLocale([])).toBe("en");
  });
});
