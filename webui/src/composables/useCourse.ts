// SPDX-License-Identifier: Apache-2.0
//
// How the sizes of a process went until now: what this page has watched, and out of the database
// what went before.

import { type ComputedRef, type Ref, computed, shallowRef, watch } from "vue";
import { type Course, type WatchedSteps, clipCourse, joinCourse, marksOf } from "@/domain/course";
import type { HistoryProblem } from "@/domain/historyProblem";
import { lossesOf } from "@/domain/sight";
import { type Step, stepsOf } from "@/domain/steps";
import type { ProcessRow } from "@/domain/process";
import type { ProcessCalls } from "@/domain/processCalls";
import type { TimeRange } from "@/domain/timeRange";
import { useMonitor } from "./useMonitor";
import { useStoredCourse } from "./useStoredCourse";
import { useTimeline } from "./useTimeline";

/** The longest that the first look at a new process takes. */
const firstLookMs = 3_000;

/** 0 is not known, or that it has ended; where it never was known there is nothing to draw. */
function residentOf(steps: readonly Step[], unwatched: readonly TimeRange[]): WatchedSteps | undefined {
  const first = steps.findIndex(({ value }) => value > 0);
  return first < 0 ? undefined : { steps: steps.slice(first), unwatched };
}

export interface LiveCourse {
  /** undefined where nothing was watched, and nothing is stored. */
  readonly course: ComputedRef<Course | undefined>;
  /** When this page began to watch it, where what went before is out of the database. */
  readonly joinedMs: ComputedRef<number | undefined>;
  /** What the database says of it, also of one that is not known live. */
  readonly storedRow: ComputedRef<ProcessRow | undefined>;
  readonly problem: Readonly<Ref<HistoryProblem | undefined>>;
}

/** `calls`: what the process has called, of which its execs are marked. */
export function useCourse(key: Readonly<Ref<string | undefined>>, calls: Readonly<Ref<ProcessCalls | undefined>>): LiveCourse {
  const { history, historyVersion, phase, rowOf, unseen } = useMonitor();
  const { bounds, extent, ready, nowMs } = useTimeline();
  const span = shallowRef<TimeRange>();
  // The history itself tells nobody that it has grown.
  const rests = computed(() => (void historyVersion.value, history.unwatched.at(-1)?.toMs));
  // Asked for once a visit, when the band shows another span, and after each time in which nobody looked.
  watch(
    [ready, extent, rests, () => phase.value.name === "open", key],
    ([isReady, , , isOpen]) => {
      if (isReady && isOpen) span.value = { ...bounds.value };
    },
    { immediate: true },
  );
  const { answer, problem } = useStoredCourse(key, span);

  const watched = computed<Course | undefined>(() => {
    void historyVersion.value;
    const series = key.value === undefined ? undefined : history.series(key.value);
    const points = series?.list() ?? [];
    const [first] = points;
    if (key.value === undefined || series === undefined || first === undefined) return undefined;
    const endedMs = history.endedMs(key.value);
    // It had ended when the page first saw it: there was nothing to watch.
    if (endedMs !== undefined && endedMs - first.atMs < 1_000) return undefined;
    const row = rowOf(key.value);
    // A process that began under the page's eyes was first looked at a moment later.
    const beganMs = row?.startMs !== undefined && first.atMs - row.startMs < firstLookMs ? Math.min(row.startMs, first.atMs) : first.atMs;
    const toMs = Math.max(endedMs ?? Date.now(), first.atMs + 1_000);
    return {
      held: stepsOf(points, series.momentMs, 0),
      virtualSize: stepsOf(points, series.momentMs, 1),
      resident: residentOf(stepsOf(points, series.momentMs, 2), [...history.unwatched]),
      fromMs: beganMs,
      toMs,
      unwatched: [...history.unwatched],
      gaps: lossesOf(unseen.value),
      marks: marksOf(row, calls.value?.execs ?? [], { fromMs: beganMs, toMs }),
    };
  });
  const stored = computed(() => (answer.value?.course.held.length === 0 ? undefined : answer.value?.course));
  const course = computed<Course | undefined>(() => {
    const [live, before] = [watched.value, stored.value];
    if (before === undefined) return live;
    const joined = live === undefined ? { ...before, toMs: before.knownToMs } : joinCourse(live, before);
    return clipCourse(joined, nowMs.value - (bounds.value.toMs - bounds.value.fromMs));
  });
  return {
    course,
    joinedMs: computed(() => (stored.value === undefined ? undefined : watched.value?.fromMs)),
    storedRow: computed(() => answer.value?.row),
    problem,
  };
}
