// SPDX-License-Identifier: Apache-2.0
//
// All that the page knows of one process. Figures follow the rows; what has to look at every process,
// or counts, follows once a second.

import { type ComputedRef, type Ref, type ShallowRef, computed, shallowRef, watch } from "vue";
import type { CallStats } from "@/domain/callStats";
import { type Difference, difference } from "@/domain/difference";
import { Family } from "@/domain/family";
import { timestampMs } from "@/domain/format";
import type { ProcessRow } from "@/domain/process";
import { useMonitor } from "./useMonitor";

export interface Kin {
  readonly parent: ProcessRow | undefined;
  readonly children: readonly ProcessRow[];
  /** Living processes with the same address space. */
  readonly sharers: readonly ProcessRow[];
}

export interface ProcessFacts {
  readonly row: ComputedRef<ProcessRow | undefined>;
  readonly rate: ComputedRef<number>;
  readonly kin: Readonly<ShallowRef<Kin>>;
  /** A copy a second of what was counted; undefined where nothing was seen. */
  readonly stats: ComputedRef<{ readonly of: CallStats } | undefined>;
  /** When events that may have been its own first went unseen; undefined where none did. */
  readonly missedMs: ComputedRef<number | undefined>;
  readonly difference: ComputedRef<Difference | undefined>;
}

export function useProcess(key: Readonly<Ref<string>>): ProcessFacts {
  const { rows, rowOf, history, historyVersion, callsOf, callsMissedSince, unseen, totals } = useMonitor();

  const row = computed(() => {
    void rows.value;
    return rowOf(key.value);
  });
  const rate = computed(() => {
    void historyVersion.value;
    return row.value?.ended === false ? history.rate(key.value) : 0;
  });
  const kin = shallowRef<Kin>({ parent: undefined, children: [], sharers: [] });
  const known = computed(() => row.value !== undefined);
  watch([historyVersion, key, known], findKin, { immediate: true });

  function findKin(): void {
    const self = row.value;
    if (self === undefined) return;
    const family = new Family(rows.value);
    kin.value = {
      parent: family.parentOf(self),
      children: family.childrenOf(self),
      sharers: rows.value.filter(({ mmId, key: other, ended }) => mmId !== 0n && mmId === self.mmId && !ended && other !== self.key),
    };
  }

  const stats = computed(() => {
    void historyVersion.value;
    // With the row, whose own counts stand beside it.
    void rows.value;
    const of = callsOf(key.value);
    return of === undefined ? undefined : { of };
  });
  const missedMs = computed(() => {
    void historyVersion.value;
    void unseen.value;
    return callsMissedSince(key.value);
  });
  const why = computed(() => {
    if (row.value === undefined) return undefined;
    const start = totals.value?.captureStartTime;
    return difference(row.value, {
      captureMs: start === undefined ? undefined : timestampMs(start),
      sharers: kin.value.sharers.length,
      stats: stats.value?.of,
    });
  });
  return { row, rate, kin, stats, missedMs, difference: why };
}
