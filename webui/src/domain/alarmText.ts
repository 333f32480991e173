// SPDX-License-Identifier: Apache-2.0
//
// An alert in words: what it waits for, and what has come true.

import type { Translator } from "@/i18n";
import type { Alarm, AlertRule } from "./alerts";
import type { Formats } from "./format";

/** A translator, and the formats of its language. */
export interface Words extends Translator {
  readonly format: { readonly value: Formats };
}

export function ruleText({ kind, bytes, pattern }: AlertRule, { t, format }: Words): string {
  // Of stars alone is every name.
  const who = /^\**$/.test(pattern) ? t("alerts.anyProcess") : t("alerts.named", { pattern });
  return t(`alerts.rule.${kind}`, { who, bytes: format.value.bytes(bytes) });
}

export function alarmText({ rule, name, pid, bytes, count, already, uncertain }: Alarm, { t, tn, format }: Words): string {
  const params = { name, pid, bytes: format.value.bytes(bytes), limit: format.value.bytes(rule.bytes) };
  const text = rule.kind === "noMemory" ? tn("alerts.fired.noMemory", count, params) : t(`alerts.fired.${rule.kind}`, params);
  return [text, already ? t("alerts.already") : "", uncertain ? t("alerts.uncertain") : ""].filter(Boolean).join(" ");
}
