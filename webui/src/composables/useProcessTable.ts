// SPDX-License-Identifier: Apache-2.0
//
// The rows of the process table: searched and sorted over all processes, and given to TanStack
// Table only as far as they can be seen, so that thousands of them cost nothing.

import {
  type Column as TableColumn,
  type ColumnDef,
  type SortingState,
  createColumnHelper,
  getCoreRowModel,
  useVueTable,
} from "@tanstack/vue-table";
import { useVirtualizer } from "@tanstack/vue-virtual";
import { type Ref, computed, onScopeDispose, ref, shallowRef, watch } from "vue";
import type { ProcessRow } from "@/domain/process";
import { type Column, columns as columnIds, defaultSorting, filterRows, sortRows } from "@/domain/processTable";
import { createThrottle } from "@/domain/throttle";
import { useI18n } from "./useI18n";
import { useMonitor } from "./useMonitor";

/** Figures move at once; rows change places once a second at most, or nobody could click one. */
const reorderMs = 1_000;
const overscan = 12;

export type ProcessColumn = TableColumn<ProcessRow>;

function columnDefs(): ColumnDef<ProcessRow>[] {
  const helper = createColumnHelper<ProcessRow>();
  // Figures begin with the largest, names and ids with the first.
  return columnIds.map((id) => helper.display({ id, enableSorting: true, sortDescFirst: id !== "pid" && id !== "name" }));
}

export function useProcessTable(scroller: Readonly<Ref<HTMLElement | null>>, rowHeight: Readonly<Ref<number>>) {
  const { rows } = useMonitor();
  const { locale } = useI18n();
  const search = ref("");
  const showEnded = ref(true);
  const sorting = ref<SortingState>([{ id: defaultSorting.column, desc: defaultSorting.descending }]);
  const order = shallowRef<readonly string[]>([]);
  const byKey = computed(() => new Map(rows.value.map((row) => [row.key, row])));

  function reorder(): void {
    const [by] = sorting.value;
    const column = columnIds.find((id): id is Column => id === by?.id) ?? defaultSorting.column;
    const found = filterRows(rows.value, search.value, showEnded.value);
    order.value = sortRows(found, { column, descending: by?.desc ?? true }, locale.value).map((row) => row.key);
  }
  const reorderSoon = createThrottle(reorder, reorderMs);
  watch(rows, () => reorderSoon.request());
  watch([search, showEnded, sorting, locale], reorder, { immediate: true });
  onScopeDispose(() => reorderSoon.stop());

  const virtualizer = useVirtualizer(
    computed(() => ({
      count: order.value.length,
      getScrollElement: () => scroller.value,
      estimateSize: () => rowHeight.value,
      overscan,
      getItemKey: (index: number) => order.value[index] ?? index,
    })),
  );
  watch(rowHeight, () => virtualizer.value.measure());

  // A process may be gone from the rows before the next reorder.
  const visible = computed(() =>
    virtualizer.value.getVirtualItems().flatMap(({ index, start }) => {
      const row = byKey.value.get(order.value[index] ?? "");
      return row === undefined ? [] : [{ index, start, row }];
    }),
  );
  const table = useVueTable<ProcessRow>({
    data: computed(() => visible.value.map(({ row }) => row)),
    columns: columnDefs(),
    getCoreRowModel: getCoreRowModel(),
    getRowId: (row) => row.key,
    manualSorting: true,
    enableSortingRemoval: false,
    enableMultiSort: false,
    state: {
      get sorting() {
        return sorting.value;
      },
    },
    onSortingChange: (update) => {
      sorting.value = typeof update === "function" ? update(sorting.value) : update;
    },
  });

  return {
    search,
    showEnded,
    order,
    visible,
    table,
    height: computed(() => virtualizer.value.getTotalSize()),
    scrollTo: (index: number) => virtualizer.value.scrollToIndex(index),
  };
}
