// SPDX-License-Identifier: Apache-2.0
//
// The log of a range of the past, out of the database: newest first, and further back as somebody
// scrolls.

import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Ref, type ShallowRef, computed, onScopeDispose, ref, shallowRef, watch } from "vue";
import type { Event } from "@/gen/memmon/v1/event_pb";
import type { ListEventsResponse } from "@/gen/memmon/v1/memmon_pb";
import type { LogEntry } from "@/domain/eventLog";
import { type HistoryProblem, historyProblem } from "@/domain/historyProblem";
import { type KindGroup, kindsOf } from "@/domain/kinds";
import { type LogFilter, type StoredFilter, eventTest, storedFilter } from "@/domain/logFilter";
import type { ProcessRow } from "@/domain/process";
import { storedEntry } from "@/domain/storedLog";
import { historyTimeoutMs } from "@/api/client";
import { useApi } from "./useApi";
import type { Past } from "./usePast";
import { useMonitor } from "./useMonitor";
import type { RequestLog } from "./useRequestLog";

const pageSize = 200;
const noRows: readonly ProcessRow[] = [];
/** A page may be empty although there is more: after so many, somebody is to say that they want to go on. */
const patiencePages = 10;
/** A tab does not grow without a bound. */
export const maxStoredEntries = 20_000;

export type StoredState = "loading" | "more" | "all" | "full" | "failed";

export interface StoredLog {
  readonly state: Readonly<ShallowRef<StoredState>>;
  readonly problem: Readonly<ShallowRef<HistoryProblem | undefined>>;
  /** Goes further back; does nothing where it is at it, or at the end. */
  readonly more: () => void;
}

export function useStoredLog(
  { range, answer }: Pick<Past, "range" | "answer">,
  filter: Readonly<Ref<LogFilter>>,
  groups: Readonly<Ref<ReadonlySet<KindGroup>>>,
): RequestLog & { readonly stored: StoredLog } {
  const api = useApi();
  const { rowOf } = useMonitor();
  const entries = shallowRef<readonly LogEntry[]>([]);
  const state = shallowRef<StoredState>("loading");
  const problem = shallowRef<HistoryProblem>();
  const test = computed(() => eventTest(filter.value, rowOf));
  /** Those that a search is to find; undefined until they are told. */
  const searched = computed(() => (filter.value.finds === undefined ? noRows : answer.value?.processes.rows));
  let pageToken = "";
  let asking: AbortController | undefined;

  function page(narrowed: StoredFilter, signal: AbortSignal): Promise<ListEventsResponse> {
    return api.listEvents(
      {
        pageSize,
        pageToken,
        startTime: timestampFromMs(range.value.fromMs),
        endTime: timestampFromMs(range.value.toMs),
        filter: { kinds: kindsOf(groups.value), ...narrowed },
      },
      { signal, timeoutMs: historyTimeoutMs },
    );
  }

  function take(events: readonly Event[]): number {
    const first = entries.value.length;
    const next = events.flatMap((event, i) => storedEntry(event, first + i, test.value) ?? []);
    entries.value = [...entries.value, ...next];
    return next.length;
  }

  async function load(): Promise<void> {
    asking?.abort();
    const mine = (asking = new AbortController());
    state.value = "loading";
    problem.value = undefined;
    if (searched.value === undefined) return;
    const narrowed = storedFilter(filter.value, searched.value);
    // Without a kind there is nothing to ask for either: an empty filter would mean all of them.
    if (narrowed === undefined || groups.value.size === 0) {
      state.value = "all";
      return;
    }
    try {
      for (let turn = 0, found = 0; turn < patiencePages && found < pageSize / 4; turn++) {
        const response = await page(narrowed, mine.signal);
        if (mine.signal.aborted) return;
        pageToken = response.nextPageToken;
        found += take(response.events);
        if (pageToken === "") break;
      }
      state.value = pageToken === "" ? "all" : entries.value.length >= maxStoredEntries ? "full" : "more";
    } catch (error) {
      if (mine.signal.aborted) return;
      problem.value = historyProblem(error);
      state.value = "failed";
    }
  }

  function begin(): void {
    asking?.abort();
    entries.value = [];
    pageToken = "";
    void load();
  }
  watch([range, filter, groups, searched], begin, { immediate: true });
  onScopeDispose(() => asking?.abort());

  return {
    entries,
    paused: ref(false),
    held: computed(() => false),
    newCount: ref(0),
    unshown: shallowRef(),
    leftOut: () => 0,
    togglePause: () => undefined,
    setReading: () => undefined,
    stored: {
      state,
      problem,
      more() {
        if (state.value === "more" || state.value === "failed") void load();
      },
    },
  };
}
