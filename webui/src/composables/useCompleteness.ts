// SPDX-License-Identifier: Apache-2.0

import { type ComputedRef, computed } from "vue";
import type { PastAnswer } from "@/api/past";
import { useI18n } from "./useI18n";

export interface Completeness {
  readonly tone: "good" | "warn" | "calm";
  readonly text: string;
  /** undefined where nobody knows. */
  readonly complete: boolean | undefined;
  /** Why no figure of the range is known; undefined where some are. */
  readonly nothing: string | undefined;
}

/** Whether anything is missing from what is told of a range, in words. */
export function useCompleteness(answer: () => PastAnswer): ComputedRef<Completeness> {
  const { t, tn, format } = useI18n();
  return computed(() => {
    const { lostCount: lost, storedPart, lastStoredMs } = answer();
    const time = lastStoredMs === undefined ? "" : format.value.seconds(lastStoredMs);
    if (lost === undefined) return { tone: "calm", text: t("past.completeUnknown"), complete: undefined, nothing: undefined };
    if (storedPart === "none") {
      const nothing = t("past.storedNone", { time });
      return { tone: "warn", text: nothing, complete: undefined, nothing };
    }
    if (lost > 0n) {
      const until = storedPart === "part" ? ` ${t("past.storedTo", { time })}` : "";
      return { tone: "warn", text: tn("past.lost", lost) + until, complete: false, nothing: undefined };
    }
    if (storedPart === "part") return { tone: "warn", text: `${t("past.storedTo", { time })} ${t("past.completeTo")}`, complete: undefined, nothing: undefined };
    return { tone: "good", text: t("past.complete"), complete: true, nothing: undefined };
  });
}
