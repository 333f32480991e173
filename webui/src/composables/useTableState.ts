// SPDX-License-Identifier: Apache-2.0
//
// What somebody has chosen in the process table. It outlives the table, which is not there while a
// process's own page is shown; columns outlive the visit. What the address says of it is the view's.

import { type ComputedRef, type InjectionKey, type Ref, computed, inject, provide, ref, shallowRef } from "vue";
import { type Column, narrowColumns, parseColumns, toggleColumn, wideColumns } from "@/domain/columns";
import { recallText, remember } from "./storage";
import { narrowScreen, useMediaQuery } from "./useMediaQuery";
import type { ViewRefs } from "./useView";

export interface TableState extends Pick<ViewRefs, "search" | "showEnded" | "arrangement" | "sorting"> {
  readonly narrow: Readonly<Ref<boolean>>;
  readonly columns: ComputedRef<readonly Column[]>;
  readonly toggleColumn: (column: Column) => void;
  readonly resetColumns: () => void;
  /** Keys of pinned processes, in the order in which they were pinned. */
  readonly pins: Readonly<Ref<readonly string[]>>;
  readonly togglePin: (key: string) => void;
  /** Those of an earlier visit, before those of this one. */
  readonly restorePins: (keys: readonly string[]) => void;
  /** Groups that are open and branches that are closed. */
  readonly toggled: Readonly<Ref<ReadonlySet<string>>>;
  readonly toggle: (id: string) => void;
  /** The line that the keyboard is at. */
  readonly active: Ref<string | undefined>;
  /** The one process that the log shows; all of them when undefined. */
  readonly chosen: Ref<string | undefined>;
}

const stateKey: InjectionKey<TableState> = Symbol("tableState");

export function provideTableState({ search, showEnded, arrangement, sorting }: ViewRefs): TableState {
  const narrow = useMediaQuery(narrowScreen);
  // A telephone has no room for what a desk has: each remembers its own.
  const wide = shallowRef(parseColumns(recallText("columns")) ?? wideColumns);
  const few = shallowRef(parseColumns(recallText("columns.narrow")) ?? narrowColumns);
  const pins = shallowRef<readonly string[]>([]);
  const toggled = shallowRef<ReadonlySet<string>>(new Set());

  function setColumns(columns: readonly Column[] | undefined): void {
    remember(narrow.value ? "columns.narrow" : "columns", columns?.join(","));
    if (narrow.value) few.value = columns ?? narrowColumns;
    else wide.value = columns ?? wideColumns;
  }

  const columns = computed(() => (narrow.value ? few.value : wide.value));
  const state: TableState = {
    narrow,
    search,
    showEnded,
    arrangement,
    sorting,
    columns,
    toggleColumn: (column) => setColumns(toggleColumn(columns.value, column)),
    resetColumns: () => setColumns(undefined),
    pins,
    togglePin(key) {
      pins.value = pins.value.includes(key) ? pins.value.filter((other) => other !== key) : [...pins.value, key];
    },
    restorePins(keys) {
      pins.value = [...new Set([...keys, ...pins.value])];
    },
    toggled,
    toggle(id) {
      const next = new Set(toggled.value);
      if (!next.delete(id)) next.add(id);
      toggled.value = next;
    },
    active: ref<string>(),
    chosen: ref<string>(),
  };
  provide(stateKey, state);
  return state;
}

export function useTableState(): TableState {
  const state = inject(stateKey);
  if (state === undefined) throw new Error("useTableState needs provideTableState above it");
  return state;
}
