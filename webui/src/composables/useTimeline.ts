// SPDX-License-Identifier: Apache-2.0
//
// The band above everything: how busy the host was in the last hour, day or week, out of the database
// and out of what this page has seen itself.

import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type ComputedRef, type InjectionKey, type Ref, type ShallowRef, computed, inject, onScopeDispose, provide, ref, shallowRef, watch } from "vue";
import { DatabaseStatus_State as DatabaseState } from "@/gen/memmon/v1/status_pb";
import { type Api, historyTimeoutMs } from "@/api/client";
import { type Activity, SeenActivity, joinActivity, stepFor, toActivity } from "@/domain/activity";
import { type HistoryProblem, historyProblem } from "@/domain/historyProblem";
import { lossesOf } from "@/domain/sight";
import { type Extent, type TimeRange, extentMs, spanOf } from "@/domain/timeRange";
import type { Monitor } from "./useMonitor";
import type { Router } from "./useRouter";

const refreshMs = 30_000;
const maxPoints = 240;

export interface Timeline {
  readonly extent: Ref<Extent>;
  /** What the band shows: up to now, and around the ranges that are looked at. */
  readonly bounds: ComputedRef<TimeRange>;
  readonly activity: ComputedRef<Activity>;
  /** Why there is nothing out of the database; undefined where there is, or nobody knows yet. */
  readonly problem: ComputedRef<HistoryProblem | undefined>;
  /** Whether a range can be looked at. */
  readonly ready: ComputedRef<boolean>;
  /** Whether the band shows what is stored, or only what this page remembers. */
  readonly stored: ComputedRef<boolean>;
  readonly nowMs: Readonly<Ref<number>>;
}

const timelineKey: InjectionKey<Timeline> = Symbol("timeline");

export function provideTimeline(api: Api, monitor: Monitor, router: Router, extent: Ref<Extent>): Timeline {
  const nowMs = ref(Date.now());
  const seen = new SeenActivity();
  const seenVersion = shallowRef(0);
  watch(monitor.historyVersion, () => {
    const { totals } = monitor;
    if (totals.value === undefined) return;
    seen.look(Date.now(), totals.value.requestedBytes, monitor.callsSeen());
    seenVersion.value++;
  });

  // Under somebody who looks at the past the band stands still.
  const heldMs = ref(nowMs.value);
  watch(router.range, () => (heldMs.value = nowMs.value = Date.now()));
  const looked = computed(() => spanOf(router.range.value, router.against.value));
  const bounds = computed<TimeRange>(() => {
    const span = extentMs[extent.value];
    const range = looked.value;
    const toMs = Math.ceil((range === undefined ? nowMs.value : heldMs.value) / 1_000) * 1_000;
    if (range === undefined) return { fromMs: toMs - span, toMs };
    if (range.fromMs >= toMs - span * 1.02) return { fromMs: Math.min(toMs - span, range.fromMs), toMs: Math.max(toMs, range.toMs) };
    // Further back than the band reaches: it moves there, as long as it was, or longer.
    const length = Math.max(span, (range.toMs - range.fromMs) * 1.5);
    const middle = (range.fromMs + range.toMs) / 2;
    const end = Math.max(range.toMs, Math.min(toMs, middle + length / 2));
    return { fromMs: Math.min(range.fromMs, end - length), toMs: end };
  });
  const stepMs = computed(() => stepFor(bounds.value.toMs - bounds.value.fromMs));

  /** What is stored, and until when that was asked for. */
  const answer: ShallowRef<{ readonly activity: Activity; readonly toMs: number } | undefined> = shallowRef();
  const refused = shallowRef<HistoryProblem>();
  let asking: AbortController | undefined;

  const off = computed(() => monitor.status.value?.database?.state === DatabaseState.OFF);
  const problem = computed<HistoryProblem | undefined>(() => (off.value ? { kind: "off", words: "" } : refused.value));

  async function ask(): Promise<void> {
    if (monitor.status.value === undefined || off.value || document.hidden) return;
    asking?.abort();
    const mine = (asking = new AbortController());
    const { fromMs, toMs } = bounds.value;
    try {
      const response = await api.getActivity(
        { startTime: timestampFromMs(Math.floor(fromMs)), endTime: timestampFromMs(Math.ceil(toMs)), maxPoints },
        { signal: mine.signal, timeoutMs: historyTimeoutMs },
      );
      answer.value = { activity: toActivity(response), toMs };
      refused.value = undefined;
    } catch (error) {
      if (!mine.signal.aborted) refused.value = historyProblem(error);
    }
  }

  // The band moves on with the time, and is asked for anew when it shows another time.
  const timer = setInterval(() => {
    nowMs.value = Date.now();
    if (nowMs.value - askedMs > refreshMs) again();
  }, 1_000);
  let askedMs = 0;
  function again(): void {
    askedMs = Date.now();
    void ask();
  }
  const wanted = computed(() => {
    const range = looked.value;
    const back = range !== undefined && range.fromMs < heldMs.value - extentMs[extent.value];
    return [monitor.status.value?.database?.state, extent.value, back ? range.fromMs : 0].join();
  });
  watch(wanted, again, { immediate: true });
  onScopeDispose(() => {
    clearInterval(timer);
    asking?.abort();
  });

  const timeline: Timeline = {
    extent,
    bounds,
    activity: computed(() => {
      void seenVersion.value;
      const lost = lossesOf(monitor.unseen.value);
      if (answer.value === undefined || off.value) return seen.activity(stepMs.value, lost);
      const { activity, toMs } = answer.value;
      return joinActivity(activity, seen.activity(activity.stepMs, lost), toMs);
    }),
    problem,
    ready: computed(() => monitor.status.value !== undefined && !["off", "old", "down"].includes(problem.value?.kind ?? "")),
    stored: computed(() => answer.value !== undefined && problem.value === undefined),
    nowMs,
  };
  provide(timelineKey, timeline);
  return timeline;
}

export function useTimeline(): Timeline {
  const timeline = inject(timelineKey);
  if (timeline === undefined) throw new Error("useTimeline needs provideTimeline above it");
  return timeline;
}
