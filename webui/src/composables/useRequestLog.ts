// SPDX-License-Identifier: Apache-2.0
//
// What the log shows: the kinds chosen, all events or those that pass a filter, and a picture that stands
// still while somebody reads it. Of a busy host it is a part of them, and says of how many.

import { type ComputedRef, type Ref, type ShallowRef, computed, ref, shallowRef, watch } from "vue";
import type { LogEntry } from "@/domain/eventLog";
import type { KindGroup } from "@/domain/kinds";
import { type LogFilter, eventTest } from "@/domain/logFilter";
import type { LeftOut } from "@/domain/logShare";
import { type Feed, useFilteredEvents } from "./useFilteredEvents";
import { useMonitor } from "./useMonitor";

/** Not all of what is chosen is shown. */
export interface Unshown extends LeftOut {
  /** "part": what passes is looked for in a sample of the filter's own stream. */
  readonly feed: Feed | "part";
}

export interface RequestLog {
  readonly entries: Readonly<Ref<readonly LogEntry[]>>;
  readonly paused: Readonly<Ref<boolean>>;
  /** Paused, or scrolled away from the newest. */
  readonly held: ComputedRef<boolean>;
  /** Entries that came since the picture stands still, and those of them that are not shown. */
  readonly newCount: Readonly<Ref<number>>;
  /** Undefined where nothing was left out in the last seconds. */
  readonly unshown: Readonly<ShallowRef<Unshown | undefined>>;
  /** How many were left out since the oldest entry that is shown, as far as is remembered. */
  readonly leftOut: () => number;
  readonly togglePause: () => void;
  readonly setReading: (reading: boolean) => void;
}

/** `aiming`: somebody is about to press something in the picture, which stands still without a word for that moment. */
export function useRequestLog(filter: Readonly<Ref<LogFilter>>, groups: Readonly<Ref<ReadonlySet<KindGroup>>>, aiming: Readonly<Ref<boolean>>): RequestLog {
  const { log, logVersion, historyVersion, rowOf } = useMonitor();
  const entries = shallowRef<readonly LogEntry[]>([]);
  const paused = ref(false);
  const reading = ref(false);
  const held = computed(() => paused.value || reading.value);
  const newCount = ref(0);
  const unshown = shallowRef<Unshown>();
  /** undefined where everything passes. */
  const test = computed(() => eventTest(filter.value, rowOf));
  let shownCount = 0;

  const count = () => (test.value === undefined ? log.count(groups.value) : log.countChosen(groups.value));

  function show(): void {
    entries.value = test.value === undefined ? log.latest(groups.value) : log.latestChosen(groups.value);
    shownCount = count();
    newCount.value = 0;
  }

  function tell(): void {
    if (held.value) newCount.value = count() - shownCount;
    else if (!aiming.value) show();
  }

  watch(test, (wanted) => log.choose(wanted), { immediate: true });
  const feed = useFilteredEvents(filter);
  const share = () => (feed.value === "own" ? log.chosenShare : log.share);
  watch(logVersion, tell, { immediate: true });
  watch([groups, test], show);
  watch(
    [logVersion, historyVersion, groups, feed],
    () => {
      const lately = share().lately(groups.value, Date.now());
      // The service does not choose by the error: all that failed come, or a sample of them.
      const looked = feed.value === "own" && filter.value.error !== undefined ? "part" : feed.value;
      unshown.value = lately && { ...lately, feed: looked };
    },
    { immediate: true },
  );
  watch([held, aiming], () => {
    if (!held.value && !aiming.value) show();
  });

  return {
    entries,
    paused,
    held,
    newCount,
    unshown,
    leftOut: () => share().leftOutSince(groups.value, entries.value.at(-1)?.id ?? 0),
    togglePause: () => (paused.value = !paused.value),
    setReading: (now) => (reading.value = now),
  };
}
