// SPDX-License-Identifier: Apache-2.0
//
// A range of the past in the place of the live figures: whoever asks for the monitor below gets the
// processes as they were at the range's end, and what they asked for in it.

import { type Ref, onScopeDispose, provide, shallowRef, watch } from "vue";
import type { HostTotals } from "@/gen/memmon/v1/process_pb";
import { type PastAnswer, askPast } from "@/api/past";
import { type HistoryProblem, historyProblem } from "@/domain/historyProblem";
import type { ProcessWatch } from "@/domain/history";
import { summaryPie } from "@/domain/past";
import { computePie } from "@/domain/pie";
import type { ProcessRow } from "@/domain/process";
import type { TimeRange } from "@/domain/timeRange";
import { useApi } from "./useApi";
import { provideMonitorAs, useMonitor } from "./useMonitor";
import { type Past, pastKey } from "./usePast";

export function providePast(range: Readonly<Ref<TimeRange>>): Past {
  const api = useApi();
  const live = useMonitor();
  const answer = shallowRef<PastAnswer>();
  const problem = shallowRef<HistoryProblem>();
  const loading = shallowRef(true);
  const rows = shallowRef<readonly ProcessRow[]>([]);
  const version = shallowRef(0);
  let byKey = new Map<string, ProcessRow>();
  let asking: AbortController | undefined;

  async function load(): Promise<void> {
    asking?.abort();
    const mine = (asking = new AbortController());
    loading.value = true;
    problem.value = undefined;
    try {
      const next = await askPast(api, range.value, mine.signal);
      answer.value = next;
      byKey = new Map(next.processes.rows.map((row) => [row.key, row]));
      rows.value = next.processes.rows;
      version.value++;
    } catch (error) {
      if (mine.signal.aborted) return;
      problem.value = historyProblem(error);
      answer.value = undefined;
    }
    if (asking === mine) loading.value = false;
  }
  watch(range, load, { immediate: true });
  onScopeDispose(() => asking?.abort());

  const nothing: ProcessWatch = {
    rate: () => undefined,
    growth: () => undefined,
    recentHeld: () => [],
    series: () => undefined,
    endedMs: () => undefined,
    unwatched: [],
  };
  const watchNow = () => answer.value?.processes.watch ?? nothing;
  const told = shallowRef(false);
  const totals = shallowRef<HostTotals>();
  watch(answer, (now) => {
    told.value = now !== undefined;
    // What the host has is known live, too, where the store does not say.
    totals.value = now?.totals ?? live.totals.value;
  });
  provideMonitorAs({
    ...live,
    rows,
    told,
    totals,
    rowOf: (key) => byKey.get(key),
    history: {
      rate: (key) => watchNow().rate(key),
      growth: (key) => watchNow().growth(key),
      recentHeld: (key) => watchNow().recentHeld(key),
      series: () => undefined,
      endedMs: (key) => watchNow().endedMs(key),
      unwatched: [],
    },
    historyVersion: version,
    pieBy(measure) {
      const now = answer.value;
      if (measure === "requested" && now !== undefined) return summaryPie(now.summary, (key) => byKey.get(key));
      return computePie(rows.value, measure);
    },
  });
  const past: Past = { range, answer, problem, loading, retry: () => void load() };
  provide(pastKey, past);
  return past;
}
