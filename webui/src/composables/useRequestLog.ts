// SPDX-License-Identifier: Apache-2.0
//
// What the log shows: the kinds chosen, all events or those that pass a filter, and a picture that stands
// still while somebody reads it.

import { type ComputedRef, type Ref, computed, ref, shallowRef, watch } from "vue";
import type { LogEntry } from "@/domain/eventLog";
import { type KindGroup, defaultGroups } from "@/domain/kinds";
import { type LogFilter, eventTest } from "@/domain/logFilter";
import { useMonitor } from "./useMonitor";

export interface RequestLog {
  readonly entries: Readonly<Ref<readonly LogEntry[]>>;
  readonly groups: Readonly<Ref<ReadonlySet<KindGroup>>>;
  readonly paused: Readonly<Ref<boolean>>;
  /** Paused, or scrolled away from the newest. */
  readonly held: ComputedRef<boolean>;
  /** Entries that came since the picture stands still. */
  readonly newCount: Readonly<Ref<number>>;
  readonly toggleGroup: (group: KindGroup) => void;
  readonly togglePause: () => void;
  readonly setReading: (reading: boolean) => void;
}

export function useRequestLog(filter: Readonly<Ref<LogFilter>>): RequestLog {
  const { log, logVersion, rowOf } = useMonitor();
  const entries = shallowRef<readonly LogEntry[]>([]);
  const groups = ref<ReadonlySet<KindGroup>>(new Set(defaultGroups));
  const paused = ref(false);
  const reading = ref(false);
  const held = computed(() => paused.value || reading.value);
  const newCount = ref(0);
  /** undefined where everything passes. */
  const test = computed(() => eventTest(filter.value, rowOf));
  let shownCount = 0;
  // Entries later than this one came after the picture was held.
  let heldAtId = Number.POSITIVE_INFINITY;

  function current(): LogEntry[] {
    return test.value === undefined ? log.latest(groups.value) : log.latestChosen(groups.value);
  }

  function show(): void {
    entries.value = current();
    shownCount = log.count(groups.value);
    newCount.value = 0;
    heldAtId = entries.value[0]?.id ?? -1;
  }

  function countNew(): void {
    newCount.value =
      test.value === undefined
        ? log.count(groups.value) - shownCount
        : current().filter((entry) => entry.id > heldAtId).length;
  }

  watch(test, (wanted) => log.choose(wanted), { immediate: true });
  watch(logVersion, () => (held.value ? countNew() : show()), { immediate: true });
  watch([groups, test], show);
  watch(held, (isHeld) => {
    if (!isHeld) show();
  });

  return {
    entries,
    groups,
    paused,
    held,
    newCount,
    toggleGroup(group) {
      const next = new Set(groups.value);
      if (!next.delete(group)) next.add(group);
      groups.value = next;
    },
    togglePause: () => (paused.value = !paused.value),
    setReading: (now) => (reading.value = now),
  };
}
