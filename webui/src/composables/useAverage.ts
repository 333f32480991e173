// SPDX-License-Identifier: Apache-2.0
//
// What was requested a second in a range of the past, and over which time where that is not all of it.

import { type ComputedRef, computed } from "vue";
import type { PastAnswer } from "@/api/past";
import { perSecond } from "@/domain/averages";
import { lengthOf } from "@/domain/timeRange";
import { useI18n } from "./useI18n";
import { useSpans } from "./useSpans";

export interface Average {
  /** undefined where nothing is stored of the range. */
  readonly bytesPerSecond: bigint | undefined;
  /** Of how long events are stored, in words. */
  readonly covered: string;
  /** Over which time it is an average; empty where that is the whole range. */
  readonly over: string;
}

export function useAverage(answer: () => PastAnswer): ComputedRef<Average> {
  const { t } = useI18n();
  const spans = useSpans();
  return computed(() => {
    const { summary, coveredMs, range } = answer();
    const bytes = perSecond(summary.totalBytes, answer());
    const [covered, whole] = [spans.value.duration(coveredMs), spans.value.duration(lengthOf(range))];
    return {
      bytesPerSecond: bytes === undefined ? undefined : BigInt(Math.round(bytes)),
      covered,
      // What is less than is said of a length is none.
      over: covered === whole ? "" : t("past.over", { covered, whole }),
    };
  });
}
