// SPDX-License-Identifier: Apache-2.0
//
// All that the page knows of one process. Figures follow the rows; what has to look at every process
// follows once a second.

import { type ComputedRef, type Ref, type ShallowRef, computed, shallowRef, watch } from "vue";
import { Family } from "@/domain/family";
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
  /** Calls a second; undefined where it has ended, or nobody knows. */
  readonly rate: ComputedRef<number | undefined>;
  readonly kin: Readonly<ShallowRef<Kin>>;
}

export function useProcess(key: Readonly<Ref<string>>): ProcessFacts {
  const { rows, rowOf, history, historyVersion } = useMonitor();

  const row = computed(() => {
    void rows.value;
    return rowOf(key.value);
  });
  const rate = computed(() => {
    void historyVersion.value;
    return row.value?.ended === false ? history.rate(key.value) : undefined;
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
      // The kernel gives the name of an address space that is gone to a new one.
      sharers: self.ended ? [] : rows.value.filter(({ mmId, key: other, ended }) => mmId !== 0n && mmId === self.mmId && !ended && other !== self.key),
    };
  }

  return { row, rate, kin };
}
