// SPDX-License-Identifier: Apache-2.0

import { expect, it } from "vitest";
import { lastSpan } from "@/domain/lastSpan";
import { dayMs, hourMs, minuteMs } from "@/domain/timeRange";
import { createTranslator, loadLanguage } from "@/i18n";

it("a span until now agrees with its unit", async () => {
  const spans = [5 * minuteMs, hourMs, 6 * hourMs, dayMs, 7 * dayMs];
  const [en, es] = await Promise.all(
    (["en", "es"] as const).map(async (locale) => {
      const translator = createTranslator(locale, (await loadLanguage(locale)).messages);
      return spans.map((ms) => lastSpan(ms, translator));
    }),
  );
  expect(en).toEqual(["the last 5 minutes", "the last hour", "the last 6 hours", "the last 24 hours", "the last 7 days"]);
  expect(es).toEqual(["los últimos 5 minutos", "la última hora", "las últimas 6 horas", "las últimas 24 horas", "los últimos 7 días"]);
});
