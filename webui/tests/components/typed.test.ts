// SPDX-License-Identifier: Apache-2.0
//
// What a sentence says to type.

import { describe, expect, it } from "vitest";
import SettingHint from "@/components/notices/SettingHint.vue";
import TypedText from "@/components/ui/TypedText.vue";
import { typedParts } from "@/domain/typed";
import { type Locale, locales, loadLanguage } from "@/i18n";
import { render } from "./render";

const codes = (html: string) => [...html.matchAll(/<code[^>]*>([^<]*)<\/code>/g)].map(([, text]) => text);

describe("what is to be typed", () => {
  it("stands as code within its sentence", async () => {
    const { html } = await render(TypedText, { text: "Run memmond --migrate once, then psql -f sql/roles.sql." });
    expect(codes(html)).toEqual(["memmond --migrate", "psql -f sql/roles.sql"]);
    expect(html.replace(/<[^>]+>/g, "")).toBe("Run memmond --migrate once, then psql -f sql/roles.sql.");
  });

  it("is a setting with its value, and the file that has it", async () => {
    const { html } = await render(SettingHint, { line: "a = 1", option: "--allow-host=127.0.0.1" });
    expect(codes(html).filter(Boolean)).toEqual(["/etc/memmon/memmond.toml", "--allow-host=127.0.0.1"]);
    // A full stop is the sentence's own.
    expect(typedParts("with --allow-host=a.example.").filter(({ typed }) => typed)).toEqual([{ text: "--allow-host=a.example", typed: true }]);
    expect(html.replace(/<[^>]+>/g, "")).toContain("sudo systemctl restart memmond");
  });

  it.each<Locale>([...locales])("is found in every sentence of the database and the token, %s", async (locale) => {
    const { messages } = await loadLanguage(locale);
    for (const [key, text] of Object.entries(messages)) {
      if (typeof text !== "string" || !/^(database\.todo|access)\./.test(key)) continue;
      const parts = typedParts(text);
      expect(parts.map((part) => part.text).join(""), key).toBe(text);
      for (const part of parts) expect(!part.typed && /--[a-z]/.test(part.text), `${key}: ${part.text}`).toBe(false);
    }
  });

  it("is nothing where there is nothing to type", () => {
    expect(typedParts("It is well - so far.")).toEqual([{ text: "It is well - so far.", typed: false }]);
    expect(typedParts("")).toEqual([]);
  });
});
