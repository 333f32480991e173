// SPDX-License-Identifier: Apache-2.0

import type { Translator } from "@/i18n";
import { dayMs, hourMs, minuteMs } from "./timeRange";

/** "the last 24 hours": whole minutes, hours, or days where they are more than one. */
export function lastSpan(ms: number, { t, tn }: Translator): string {
  if (ms === hourMs) return t("span.lastHour");
  if (ms > dayMs && ms % dayMs === 0) return tn("span.lastDays", ms / dayMs);
  return ms % hourMs === 0 ? tn("span.lastHours", ms / hourMs) : tn("span.lastMinutes", Math.round(ms / minuteMs));
}
