// SPDX-License-Identifier: Apache-2.0
//
// The lines of the process table: found and put in order over all processes, and drawn only as far
// as they can be seen, so that ten thousand of them cost little.

import { useVirtualizer } from "@tanstack/vue-virtual";
import { type ComputedRef, type Ref, computed, onScopeDispose, shallowRef, watch } from "vue";
import { type Sums, sumUp } from "@/domain/group";
import { type GroupLine, type Line, type Outline, type ProcessLine, outline } from "@/domain/outline";
import type { ProcessRow } from "@/domain/process";
import { type Search, parseSearch } from "@/domain/search";
import { createThrottle } from "@/domain/throttle";
import { useI18n } from "./useI18n";
import { useMonitor } from "./useMonitor";
import { useTableState } from "./useTableState";

/** Figures move at once; lines change places once a second at most, or nobody could click one. */
const reorderMs = 1_000;
const overscan = 8;
/** So many stay in sight while the others scroll; further ones scroll with them. */
const maxStuck = 6;

export type Shown =
  | { readonly index: number; readonly start: number; readonly line: ProcessLine; readonly row: ProcessRow }
  | { readonly index: number; readonly start: number; readonly line: GroupLine; readonly sums: Sums };

export interface ProcessTable {
  /** What is wrong with the search; undefined where nothing is. */
  readonly searchProblem: ComputedRef<string | undefined>;
  readonly outline: Readonly<Ref<Outline>>;
  /** Pinned lines, which do not scroll. */
  readonly stuck: ComputedRef<readonly Shown[]>;
  readonly visible: ComputedRef<readonly Shown[]>;
  /** Of all lines that scroll, px. */
  readonly height: ComputedRef<number>;
  readonly scrollTo: (index: number) => void;
}

export function useProcessTable(
  scroller: Readonly<Ref<HTMLElement | null>>,
  rowHeight: Readonly<Ref<number>>,
  headHeight: number,
): ProcessTable {
  const { rows, rowOf, history } = useMonitor();
  const { locale } = useI18n();
  const { search, showEnded, arrangement, sorting, pins, toggled } = useTableState();
  const empty: Outline = { lines: [], pinnedCount: 0, matchCount: 0 };
  const current = shallowRef(empty);

  const parsed = computed(() => parseSearch(search.value));
  // While a regular expression is being typed it is often none: the lines stay as they were.
  let valid: Search & { valid: true } = { valid: true, everything: true, matches: () => true };

  function reorder(): void {
    if (parsed.value.valid) valid = parsed.value;
    current.value = outline(rows.value, {
      arrangement: arrangement.value,
      sorting: sorting.value,
      locale: locale.value,
      search: valid,
      showEnded: showEnded.value,
      pins: pins.value,
      toggled: toggled.value,
      measures: history,
    });
  }
  const reorderSoon = createThrottle(reorder, reorderMs);
  // The first ones come at once: nobody is about to click where nothing is.
  watch(rows, (_, before) => (before.length === 0 ? reorder() : reorderSoon.request()));
  watch([parsed, showEnded, arrangement, sorting, pins, toggled, locale], reorder, { immediate: true });
  onScopeDispose(() => reorderSoon.stop());

  const stuckCount = computed(() => Math.min(current.value.pinnedCount, maxStuck));
  const virtualizer = useVirtualizer(
    computed(() => ({
      count: current.value.lines.length - stuckCount.value,
      getScrollElement: () => scroller.value,
      estimateSize: () => rowHeight.value,
      overscan,
      getItemKey: (index: number) => current.value.lines[index + stuckCount.value]?.id ?? index,
      // The head and what is pinned cover the top of what scrolls.
      scrollPaddingEnd: headHeight + stuckCount.value * rowHeight.value,
    })),
  );
  watch(rowHeight, () => virtualizer.value.measure());

  function show(line: Line | undefined, index: number, start: number): Shown[] {
    if (line === undefined) return [];
    if (line.type === "group") {
      const members = line.keys.flatMap((key) => rowOf(key) ?? []);
      return [{ index, start, line, sums: sumUp(members, history) }];
    }
    // A process may be gone before the next reorder.
    const row = rowOf(line.key);
    return row === undefined ? [] : [{ index, start, line, row }];
  }

  return {
    searchProblem: computed(() => (parsed.value.valid ? undefined : parsed.value.reason)),
    outline: current,
    stuck: computed(() => {
      void rows.value;
      return current.value.lines.slice(0, stuckCount.value).flatMap((line, index) => show(line, index, 0));
    }),
    visible: computed(() => {
      void rows.value;
      return virtualizer.value.getVirtualItems().flatMap(({ index, start }) => {
        const at = index + stuckCount.value;
        return show(current.value.lines[at], at, start);
      });
    }),
    height: computed(() => virtualizer.value.getTotalSize()),
    scrollTo(index) {
      if (index >= stuckCount.value) virtualizer.value.scrollToIndex(index - stuckCount.value);
    },
  };
}
