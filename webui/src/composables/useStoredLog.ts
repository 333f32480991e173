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
import { type KindGroup, defaultGroups, kindsOf } from "@/domain/kinds";
import { storedEntry } from "@/domain/storedLog";
import type { TimeRange } from "@/domain/timeRange";
import { historyTimeoutMs } from "@/api/client";
import { useApi } from "./useApi";
import type { RequestLog } from "./useRequestLog";

const pageSize = 200;
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
  range: Readonly<Ref<TimeRange>>,
  only: Readonly<Ref<string | undefined>>,
): RequestLog & { readonly stored: StoredLog } {
  const api = useApi();
  const groups = ref<ReadonlySet<KindGroup>>(new Set(defaultGroups));
  const entries = shallowRef<readonly LogEntry[]>([]);
  const state = shallowRef<StoredState>("loading");
  const problem = shallowRef<HistoryProblem>();
  let pageToken = "";
  let asking: AbortController | undefined;

  function page(signal: AbortSignal): Promise<ListEventsResponse> {
    const pid = only.value?.split(":")[0];
    return api.listEvents(
      {
        pageSize,
        pageToken,
        startTime: timestampFromMs(range.value.fromMs),
        endTime: timestampFromMs(range.value.toMs),
        filter: { kinds: kindsOf(groups.value), pids: pid === undefined ? [] : [Number(pid)] },
      },
      { signal, timeoutMs: historyTimeoutMs },
    );
  }

  function take(events: readonly Event[]): number {
    const first = entries.value.length;
    const next = events.flatMap((event, i) => storedEntry(event, first + i, only.value) ?? []);
    entries.value = [...entries.value, ...next];
    return next.length;
  }

  async function load(): Promise<void> {
    asking?.abort();
    const mine = (asking = new AbortController());
    state.value = "loading";
    problem.value = undefined;
    try {
      for (let turn = 0, found = 0; turn < patiencePages && found < pageSize / 4; turn++) {
        const response = await page(mine.signal);
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
    // Without a kind there is nothing to ask for: an empty filter would mean all of them.
    if (groups.value.size === 0) state.value = "all";
    else void load();
  }
  watch([range, only, groups], begin, { immediate: true });
  onScopeDispose(() => asking?.abort());

  return {
    entries,
    groups,
    paused: ref(false),
    held: computed(() => false),
    newCount: ref(0),
    toggleGroup(group) {
      const next = new Set(groups.value);
      if (!next.delete(group)) next.add(group);
      groups.value = next;
    },
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
