// SPDX-License-Identifier: Apache-2.0
//
// Both of two ranges of the past, asked for at once.

import { type Ref, type ShallowRef, onScopeDispose, shallowRef, watch } from "vue";
import { type PastAnswer, askPast } from "@/api/past";
import { type HistoryProblem, historyProblem } from "@/domain/historyProblem";
import type { TimeRange } from "@/domain/timeRange";
import { useApi } from "./useApi";

export interface RangePair {
  readonly a: PastAnswer;
  readonly b: PastAnswer;
}

export interface RangePairAnswer {
  readonly answer: Readonly<ShallowRef<RangePair | undefined>>;
  readonly problem: Readonly<ShallowRef<HistoryProblem | undefined>>;
  readonly loading: Readonly<Ref<boolean>>;
  readonly retry: () => void;
}

/** Asks whenever one of the ranges changes, for that one; what was known is shown meanwhile. */
export function useRangePair(a: Readonly<Ref<TimeRange>>, b: Readonly<Ref<TimeRange>>): RangePairAnswer {
  const api = useApi();
  const answer = shallowRef<RangePair>();
  const problem = shallowRef<HistoryProblem>();
  const loading = shallowRef(true);
  let asking: AbortController | undefined;

  async function load(): Promise<void> {
    asking?.abort();
    const mine = (asking = new AbortController());
    const known = answer.value;
    const one = (range: TimeRange, before: PastAnswer | undefined) => (before?.range === range ? before : askPast(api, range, mine.signal));
    loading.value = true;
    problem.value = undefined;
    try {
      const [first, second] = await Promise.all([one(a.value, known?.a), one(b.value, known?.b)]);
      answer.value = { a: first, b: second };
    } catch (error) {
      if (mine.signal.aborted) return;
      answer.value = undefined;
      problem.value = historyProblem(error);
    }
    if (asking === mine) loading.value = false;
  }
  watch([a, b], () => void load(), { immediate: true });
  onScopeDispose(() => asking?.abort());
  return { answer, problem, loading, retry: () => void load() };
}
