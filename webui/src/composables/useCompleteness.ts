// SPDX-License-Identifier: Apache-2.0

import { type ComputedRef, computed } from "vue";
import type { PastAnswer } from "@/api/past";
import { lengthOf } from "@/domain/timeRange";
import { useI18n } from "./useI18n";
import { useSpans } from "./useSpans";

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
  const spans = useSpans();

  /** When memmond did not run: the longest of many. */
  function downText({ downtimes }: PastAnswer): string {
    const [longest] = [...downtimes].sort((a, b) => lengthOf(b) - lengthOf(a));
    if (longest === undefined) return "";
    const duration = spans.value.duration(downtimes.reduce((sum, downtime) => sum + lengthOf(downtime), 0));
    const params = { range: spans.value.range(longest), duration };
    return downtimes.length === 1 ? t("past.down", params) : tn("past.downTimes", downtimes.length, params);
  }

  return computed(() => {
    const { lostCount: lost, storedFromMs, storedPart, lastStoredMs } = answer();
    if (lost === undefined) return { tone: "calm", text: t("past.completeUnknown"), complete: undefined, nothing: undefined };
    const seconds = (ms: number | undefined) => (ms === undefined ? "" : format.value.seconds(ms));
    const lacks = [
      storedPart !== "none" && lost > 0n ? tn("past.lost", lost) : "",
      downText(answer()),
      storedFromMs === undefined ? "" : t("past.storedFrom", { time: seconds(storedFromMs) }),
    ].filter(Boolean);
    if (storedPart === "none") {
      // Where nothing else says why, it is yet to be stored.
      const nothing = lacks.join(" ") || (lastStoredMs === undefined ? t("past.storedNever") : t("past.storedNone", { time: seconds(lastStoredMs) }));
      return { tone: "warn", text: nothing, complete: lacks.length > 0 ? false : undefined, nothing };
    }
    const until = storedPart === "part" ? [t("past.storedTo", { time: seconds(lastStoredMs) })] : [];
    if (lacks.length > 0) return { tone: "warn", text: [...lacks, ...until].join(" "), complete: false, nothing: undefined };
    if (until.length > 0) return { tone: "warn", text: [...until, t("past.completeTo")].join(" "), complete: undefined, nothing: undefined };
    return { tone: "good", text: t("past.complete"), complete: true, nothing: undefined };
  });
}
