// SPDX-License-Identifier: Apache-2.0
//
// What somebody has chosen to see in the log: one process, those that the table's search finds, failures,
// large requests, kinds. The address says it: of the dashboard's log, and of that of a process's page.

import { type ComputedRef, type Ref, type WritableComputedRef, computed, onScopeDispose, ref, watch } from "vue";
import { errnoNumber } from "@/domain/errno";
import type { KindGroup } from "@/domain/kinds";
import type { LogFilter } from "@/domain/logFilter";
import { type LogView, defaultLogView, toggleGroup } from "@/domain/logView";
import { parseSearch } from "@/domain/search";
import { useRouter } from "./useRouter";
import { useTableState } from "./useTableState";
import { useView } from "./useView";

/** Who types is not to wait for each letter's answer out of the database. */
const settleMs = 250;

export interface LogFilterState {
  readonly groups: ComputedRef<ReadonlySet<KindGroup>>;
  readonly toggleGroup: (group: KindGroup) => void;
  readonly failed: WritableComputedRef<boolean>;
  /** Which error, of calls that failed. */
  readonly error: WritableComputedRef<LogView["error"]>;
  /** Bytes. */
  readonly minLength: WritableComputedRef<bigint>;
  /** What the table is searched for; empty where that is nothing, or no search. */
  readonly tableSearch: Readonly<Ref<string>>;
  /** Whether the log keeps to it, too. */
  readonly likeTable: WritableComputedRef<boolean>;
  readonly filter: ComputedRef<LogFilter>;
}

/** `fixed`: the log is of one process whatever the table shows. */
export function useLogFilter(only: Readonly<Ref<string | undefined>>, fixed: boolean): LogFilterState {
  const { search } = useTableState();
  const { route, showLog } = useRouter();
  const { log } = useView();
  const view = computed<LogView>({
    get: () => (fixed ? ((route.value.name === "process" ? route.value.log : undefined) ?? defaultLogView) : log.value),
    set: (next) => (fixed ? showLog(next) : (log.value = next)),
  });
  function field<Name extends keyof LogView>(name: Name): WritableComputedRef<LogView[Name]> {
    return computed({ get: () => view.value[name], set: (value: LogView[Name]) => (view.value = { ...view.value, [name]: value }) });
  }
  const [failed, error, minLength, likeTable] = [field("failed"), field("error"), field("minLength"), field("likeTable")];
  const said = field("groups");
  // The same set for as long as it is the same: the log begins anew with another one.
  const groups = computed<ReadonlySet<KindGroup>>((before) =>
    before?.size === said.value.length && said.value.every((group) => before.has(group)) ? before : new Set(said.value),
  );
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
      error: failed.value && error.value !== undefined ? errnoNumber(error.value) : undefined,
      minLength: minLength.value,
    };
  });
  return {
    groups,
    toggleGroup: (group) => (said.value = toggleGroup(said.value, group)),
    failed,
    error,
    minLength,
    tableSearch,
    likeTable,
    filter,
  };
}
