// SPDX-License-Identifier: Apache-2.0
//
// What somebody has chosen in the process table. It outlives the table, which is not there while a
// process's own page is shown. What the address says of it is the view's.

import { type ComputedRef, type InjectionKey, type Ref, computed, inject, provide, ref, shallowRef, watch } from "vue";
import { type Column, isStored, narrowColumns, sameColumns, toggleColumn, wideColumns } from "@/domain/columns";
import { defaultSorting } from "@/domain/sorting";
import { recallColumns, rememberColumns } from "./columnMemory";
import { narrowScreen, useMediaQuery } from "./useMediaQuery";
import type { ViewRefs } from "./useView";

export interface TableState extends Pick<ViewRefs, "search" | "showEnded" | "arrangement" | "sorting"> {
  readonly narrow: Readonly<Ref<boolean>>;
  /** Those that are chosen, and of the past only what is known of it. */
  readonly columns: ComputedRef<readonly Column[]>;
  /** Whether anything is known of a column at the time that is looked at. */
  readonly isKnown: (column: Column) => boolean;
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

/** `looksBack`: a range of the past is looked at. */
export function provideTableState(view: ViewRefs, looksBack: Readonly<Ref<boolean>>): TableState {
  const { search, showEnded, arrangement, sorting: chosenSorting, only, columns: chosenColumns, adjustColumns } = view;
  const narrow = useMediaQuery(narrowScreen);
  const pins = shallowRef<readonly string[]>([]);
  const toggled = shallowRef<ReadonlySet<string>>(new Set());

  function setColumns(columns: readonly Column[] | undefined): void {
    const chosen = sameColumns(columns, atFirst.value) ? undefined : columns;
    rememberColumns(narrow.value, chosen);
    chosenColumns.value = chosen;
  }

  // Who turns the telephone has their own for either way; those of a link stay.
  watch(narrow, (now) => {
    if (sameColumns(chosenColumns.value, recallColumns(!now))) adjustColumns(recallColumns(now));
  });
  const atFirst = computed(() => (narrow.value ? narrowColumns : wideColumns));
  const wanted = computed(() => chosenColumns.value ?? atFirst.value);
  const isKnown = (column: Column) => !looksBack.value || isStored(column);
  // What is chosen stays chosen, and is there again with the live figures.
  const columns = computed(() => wanted.value.filter(isKnown));
  const sorting = computed({
    get: () => (isKnown(chosenSorting.value.column) ? chosenSorting.value : defaultSorting),
    set: (next) => (chosenSorting.value = next),
  });
  const state: TableState = {
    narrow,
    search,
    showEnded,
    arrangement,
    sorting,
    columns,
    isKnown,
    toggleColumn: (column) => setColumns(toggleColumn(wanted.value, column)),
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
    chosen: only,
  };
  provide(stateKey, state);
  return state;
}

export function useTableState(): TableState {
  const state = inject(stateKey);
  if (state === undefined) throw new Error("useTableState needs provideTableState above it");
  return state;
}
