// SPDX-License-Identifier: Apache-2.0
//
// How one process went in a span of time, out of the database.

import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Ref, type ShallowRef, onScopeDispose, shallowRef, watch } from "vue";
import { type Event, EventKind } from "@/gen/memmon/v1/event_pb";
import { type StoredCourse, toCourse } from "@/domain/course";
import { type HistoryProblem, historyProblem } from "@/domain/historyProblem";
import { type ProcessRow, asOf, toRow } from "@/domain/process";
import { type TimeRange, sameRange } from "@/domain/timeRange";
import { historyTimeoutMs } from "@/api/client";
import { useApi } from "./useApi";

const maxPoints = 600;
/** A program that starts others by exec thousands of times is not to be marked all over. */
const maxMarks = 50;

export interface StoredProcess {
  readonly key: string;
  readonly row: ProcessRow | undefined;
  readonly course: StoredCourse;
}

export interface StoredCourseAnswer {
  readonly answer: Readonly<ShallowRef<StoredProcess | undefined>>;
  readonly problem: Readonly<ShallowRef<HistoryProblem | undefined>>;
  readonly retry: () => void;
}

/** Asks whenever one of the two changes; undefined: not at all. */
export function useStoredCourse(
  key: Readonly<Ref<string | undefined>>,
  span: Readonly<Ref<TimeRange | undefined>>,
): StoredCourseAnswer {
  const api = useApi();
  const answer = shallowRef<StoredProcess>();
  const problem = shallowRef<HistoryProblem>();
  let asking: AbortController | undefined;

  async function execs(pid: number, of: TimeRange, signal: AbortSignal): Promise<readonly Event[]> {
    try {
      const { events } = await api.listEvents(
        {
          pageSize: maxMarks,
          startTime: timestampFromMs(of.fromMs),
          endTime: timestampFromMs(of.toMs),
          filter: { pids: [pid], kinds: [EventKind.EXEC] },
        },
        { signal, timeoutMs: historyTimeoutMs },
      );
      return events;
    } catch (error) {
      // Marks are an extra: events may not be kept for as long as the figures.
      if (signal.aborted) throw error;
      return [];
    }
  }

  async function load(): Promise<void> {
    asking?.abort();
    const wanted = key.value;
    const of = span.value;
    if (wanted === undefined || of === undefined) {
      answer.value = undefined;
      return;
    }
    const mine = (asking = new AbortController());
    if (answer.value?.key !== wanted) answer.value = undefined;
    problem.value = undefined;
    const [pid = "0", startNs = "0"] = wanted.split(":");
    try {
      const [history, events] = await Promise.all([
        api.getProcessHistory(
          {
            process: { pid: Number(pid), startNs: BigInt(startNs) },
            startTime: timestampFromMs(of.fromMs),
            endTime: timestampFromMs(of.toMs),
            maxPoints,
          },
          { signal: mine.signal, timeoutMs: historyTimeoutMs },
        ),
        execs(Number(pid), of, mine.signal),
      ]);
      const ofProcess = events.filter((event) => event.startNs === BigInt(startNs));
      const row = history.process === undefined ? undefined : asOf(toRow(history.process), of.toMs);
      answer.value = { key: wanted, row, course: toCourse(history, ofProcess, of) };
    } catch (error) {
      if (mine.signal.aborted) return;
      answer.value = undefined;
      problem.value = historyProblem(error);
    }
  }
  watch(
    [key, span] as const,
    ([nextKey, nextSpan], [beforeKey, beforeSpan]) => {
      if (beforeSpan === undefined || nextKey !== beforeKey || !sameRange(nextSpan, beforeSpan)) void load();
    },
    { immediate: true },
  );
  onScopeDispose(() => asking?.abort());
  return { answer, problem, retry: () => void load() };
}
