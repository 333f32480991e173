// SPDX-License-Identifier: Apache-2.0
//
// A range of the past in the place of the live figures: whoever asks for the monitor below gets the
// processes as they were at the range's end, and what they asked for in it.

import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type InjectionKey, type Ref, type ShallowRef, inject, onScopeDispose, provide, shallowRef, watch } from "vue";
import type { GetSummaryResponse } from "@/gen/memmon/v1/memmon_pb";
import type { HostTotals, Process } from "@/gen/memmon/v1/process_pb";
import type { Api } from "@/api/client";
import { type Activity, lostIn, toActivity } from "@/domain/activity";
import { timestampMs } from "@/domain/format";
import { type HistoryProblem, historyProblem } from "@/domain/historyProblem";
import type { ProcessWatch } from "@/domain/history";
import { type PastProcesses, pastProcesses, summaryPie } from "@/domain/past";
import { computePie } from "@/domain/pie";
import type { ProcessRow } from "@/domain/process";
import type { TimeRange } from "@/domain/timeRange";
import { historyTimeoutMs, useApi } from "./useApi";
import { provideMonitorAs, useMonitor } from "./useMonitor";

const pageSize = 1_000;
/** As many slices as a summary may have: whoever ended in the range is told by them alone. */
const maxSummarySlices = 100;
const maxSteps = 120;

/** All that was asked about a range. */
export interface PastAnswer {
  readonly range: TimeRange;
  readonly processes: PastProcesses;
  readonly summary: GetSummaryResponse;
  readonly totals: HostTotals | undefined;
  /** undefined where this memmond cannot tell. */
  readonly activity: Activity | undefined;
  /** Events that were lost in the range; undefined where nobody knows. */
  readonly lostCount: bigint | undefined;
  /** The time of held and virtual size, ms. */
  readonly asOfMs: number;
}

export interface Past {
  readonly range: Readonly<Ref<TimeRange>>;
  readonly answer: Readonly<ShallowRef<PastAnswer | undefined>>;
  readonly problem: Readonly<ShallowRef<HistoryProblem | undefined>>;
  readonly loading: Readonly<Ref<boolean>>;
  readonly retry: () => void;
}

const pastKey: InjectionKey<Past> = Symbol("past");

async function listAll(api: Api, ms: number, signal: AbortSignal): Promise<{ processes: Process[]; asOfMs: number }> {
  const processes: Process[] = [];
  let asOfMs = ms;
  let pageToken = "";
  do {
    const request = { pageSize, pageToken, asOfTime: timestampFromMs(ms) };
    const page = await api.listProcesses(request, { signal, timeoutMs: historyTimeoutMs });
    processes.push(...page.processes);
    if (page.asOfTime !== undefined) asOfMs = timestampMs(page.asOfTime);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return { processes, asOfMs };
}

/** Where nothing is stored of a time, nobody was there. */
async function orNobody<T>(answer: Promise<T>, nobody: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (historyProblem(error).kind === "unknown") return nobody;
    throw error;
  }
}

async function askActivity(api: Api, range: TimeRange, signal: AbortSignal): Promise<Activity | undefined> {
  const span = { startTime: timestampFromMs(range.fromMs), endTime: timestampFromMs(range.toMs) };
  try {
    return toActivity(await api.getActivity({ ...span, maxPoints: maxSteps }, { signal, timeoutMs: historyTimeoutMs }));
  } catch (error) {
    // All else can be shown without it.
    if (historyProblem(error).kind === "old") return undefined;
    throw error;
  }
}

async function ask(api: Api, range: TimeRange, signal: AbortSignal): Promise<PastAnswer> {
  const span = { startTime: timestampFromMs(range.fromMs), endTime: timestampFromMs(range.toMs) };
  const [summary, atStart, atEnd, activity] = await Promise.all([
    api.getSummary({ ...span, sliceCount: maxSummarySlices }, { signal, timeoutMs: historyTimeoutMs }),
    orNobody(listAll(api, range.fromMs, signal), { processes: [], asOfMs: range.fromMs }),
    orNobody(listAll(api, range.toMs, signal), { processes: [], asOfMs: range.toMs }),
    askActivity(api, range, signal),
  ]);
  return {
    range,
    processes: pastProcesses(atStart.processes, atEnd.processes, summary, range),
    summary,
    totals: summary.totals,
    activity,
    lostCount: activity === undefined ? undefined : lostIn(activity.gaps, range),
    asOfMs: atEnd.asOfMs,
  };
}

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
      const next = await ask(api, range.value, mine.signal);
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
    rate: () => 0,
    growth: () => 0,
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
    callsOf: () => undefined,
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

/** The range of the past that is shown here; undefined where it is live. */
export function usePast(): Past | undefined {
  return inject(pastKey, undefined);
}
