// SPDX-License-Identifier: Apache-2.0
//
// The lines of the process table: found and put in order over all processes, and drawn only as far
// as they can be seen, so that ten thousand of them cost little.

import { useVirtualizer } from "@tanstack/vue-virtual";
import { type ComputedRef, type Ref, computed, onScopeDispose, shallowRef, watch } from "vue";
import { type Sums, sumUp } from "@/domain/group";
import { type GroupLine, type Line, type Outline, type ProcessLine, outline } from "@/domain/outline";
import type { ProcessRow } from "@/domain/process";
import { type Search, type SearchProblem, parseSearch } from "@/domain/search";
import { RowPool } from "@/domain/rowPool";
import { createThrottle } from "@/domain/throttle";
import { useAim } from "./useAim";
import { useI18n } from "./useI18n";
import { useMonitor } from "./useMonitor";
import { useTableState } from "./useTableState";

/** Figures move at once; lines change places once a second at most, and not below a pointer that aims at one. */
const reorderMs = 1_000;
/** More than a frame of quick scrolling; each is written anew several times a second, too. */
const overscan = 4;
/** So many stay in sight while the others scroll; further ones scroll with them. */
const maxStuck = 6;

interface Place {
  readonly index: number;
  readonly start: number;
  /** Names the element that shows it. */
  readonly slot: number;
}

export type Shown = Place &
  ({ readonly line: ProcessLine; readonly row: ProcessRow } | { readonly line: GroupLine; readonly sums: Sums });

export interface ProcessTable {
  /** What is wrong with the search; undefined where nothing is. */
  readonly searchProblem: ComputedRef<SearchProblem | undefined>;
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
  let valid: Search & { valid: true } = { valid: true, everything: true, matches: () => true, isGivenUp: () => false };
  const givenUp = shallowRef(false);
  const aiming = useAim(scroller);
  let due = false;

  function reorder(): void {
    due = false;
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
    givenUp.value = valid.isGivenUp();
  }
  const reorderSoon = createThrottle(() => {
    due = true;
    if (!aiming.value) reorder();
  }, reorderMs);
  watch(aiming, (now) => {
    if (!now && due) reorder();
  });
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
      // The head and what is pinned cover the top of what scrolls.
      scrollPaddingEnd: headHeight + stuckCount.value * rowHeight.value,
    })),
  );
  watch(rowHeight, () => virtualizer.value.measure());

  function show(line: Line | undefined, place: Place): Shown[] {
    if (line === undefined) return [];
    if (line.type === "group") {
      const members = line.keys.flatMap((key) => rowOf(key) ?? []);
      return [{ ...place, line, sums: sumUp(members, history) }];
    }
    // A process may be gone before the next reorder.
    const row = rowOf(line.key);
    return row === undefined ? [] : [{ ...place, line, row }];
  }

  const pool = new RowPool();
  const places = computed<readonly Place[]>(() => {
    const items = virtualizer.value.getVirtualItems();
    const slots = pool.place(items.map(({ index }) => current.value.lines[index + stuckCount.value]?.id ?? ""));
    const all = items.map(({ index, start }, at) => ({ index: index + stuckCount.value, start, slot: slots[at] ?? at }));
    // Who listens is read the lines in their order in the document; to keep to it in each frame of scrolling is to
    // move elements, and that is to lay them out anew.
    return virtualizer.value.isScrolling ? all.sort((a, b) => a.slot - b.slot) : all;
  });

  return {
    searchProblem: computed(() => {
      if (!parsed.value.valid) return parsed.value;
      return givenUp.value ? { cause: "costly", reason: "" } : undefined;
    }),
    outline: current,
    stuck: computed(() => {
      void rows.value;
      return current.value.lines.slice(0, stuckCount.value).flatMap((line, index) => show(line, { index, start: 0, slot: index }));
    }),
    visible: computed(() => {
      void rows.value;
      return places.value.flatMap((place) => show(current.value.lines[place.index], place));
    }),
    height: computed(() => virtualizer.value.getTotalSize()),
    scrollTo(index) {
      if (index >= stuckCount.value) virtualizer.value.scrollToIndex(index - stuckCount.value);
    },
  };
}
