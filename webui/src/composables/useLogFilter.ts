// SPDX-License-Identifier: Apache-2.0
//
// What somebody has chosen to see in the log: one process, those that the table's search finds, failures,
// large requests.

import { type ComputedRef, type Ref, computed, onScopeDispose, ref, shallowRef, watch } from "vue";
import type { LogFilter } from "@/domain/logFilter";
import { parseSearch } from "@/domain/search";
import { useTableState } from "./useTableState";

/** Who types is not to wait for each letter's answer out of the database. */
const settleMs = 250;

export interface LogFilterState {
  readonly failed: Ref<boolean>;
  /** Bytes. */
  readonly minLength: Ref<bigint>;
  /** What the table is searched for; empty where that is nothing, or no search. */
  readonly tableSearch: Readonly<Ref<string>>;
  /** Whether the log keeps to it, too. */
  readonly likeTable: Ref<boolean>;
  readonly filter: ComputedRef<LogFilter>;
}

/** `fixed`: the log is of one process whatever the table shows. */
export function useLogFilter(only: Readonly<Ref<string | undefined>>, fixed: boolean): LogFilterState {
  const { search } = useTableState();
  const failed = ref(false);
  const minLength = shallowRef(0n);
  const likeTable = ref(true);
  const tableSearch = ref("");

  function take(): void {
    const parsed = parseSearch(search.value);
    // What is being typed may be no expression yet: the last one holds, as in the table.
    if (parsed.valid) tableSearch.value = parsed.everything ? "" : search.value.trim();
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  if (!fixed) {
    take();
    watch(search, () => {
      clearTimeout(timer);
      timer = setTimeout(take, settleMs);
    });
  }
  onScopeDispose(() => clearTimeout(timer));

  const filter = computed<LogFilter>(() => {
    const parsed = parseSearch(likeTable.value ? tableSearch.value : "");
    return {
      only: only.value,
      finds: parsed.valid && !parsed.everything ? parsed.matches : undefined,
      failed: failed.value,
      minLength: minLength.value,
    };
  });
  return { failed, minLength, tableSearch, likeTable, filter };
}
