// SPDX-License-Identifier: Apache-2.0
//
// A range, drawn, moved and stretched on a strip of time.

import { type ComputedRef, type Ref, computed, onScopeDispose, ref, shallowRef, watch } from "vue";
import { type TimeRange, leastRangeMs, movedBy, rangeBetween, sameRange } from "@/domain/timeRange";

export interface BrushInput {
  readonly bounds: TimeRange;
  readonly range: TimeRange | undefined;
  readonly choosable: boolean;
  readonly activity: { readonly stepMs: number };
}

export type End = "from" | "to";

export interface Brush {
  /** The range as it is drawn: while it is moved, where it is by now. */
  readonly shown: ComputedRef<TimeRange | undefined>;
  readonly moving: Readonly<Ref<boolean>>;
  readonly onDown: (event: PointerEvent) => void;
  readonly onMove: (event: PointerEvent) => void;
  readonly onUp: (event: PointerEvent) => void;
  readonly onCancel: () => void;
  readonly onKey: (event: KeyboardEvent, end: End) => void;
}

/** An end's handle is outside the range, and so wide. */
export const gripPx = 24;
/** Within the range it is the end that is meant so near to it. */
const innerGripPx = 5;
/** Less, and it was a click. */
const clickPx = 4;
/** A click takes such a part of the strip. */
const clickPart = 12;
/** The keyboard's steps count once they pause. */
const settleMs = 300;

interface Drag {
  readonly what: End | "whole" | "new";
  readonly startMs: number;
  readonly startX: number;
  readonly range: TimeRange | undefined;
}

export function useBrush(
  strip: Readonly<Ref<HTMLElement | null>>,
  input: () => BrushInput,
  choose: (range: TimeRange, adjust: boolean) => void,
): Brush {
  const draft = shallowRef<TimeRange>();
  const moving = ref(false);
  let drag: Drag | undefined;
  let settle: ReturnType<typeof setTimeout> | undefined;
  /** What the keyboard has chosen last. */
  let settled: TimeRange | undefined;
  watch(
    () => input().range,
    (now, before) => {
      if (drag !== undefined || sameRange(now, before)) return;
      // It comes back while the keyboard goes on; whatever else is looked at now ends that.
      if (settle !== undefined && now !== undefined && sameRange(now, settled)) return;
      rest();
      draft.value = undefined;
    },
  );
  onScopeDispose(rest);

  function rest(): void {
    clearTimeout(settle);
    settle = undefined;
  }

  function msAt(event: PointerEvent): number {
    const box = strip.value?.getBoundingClientRect();
    const { fromMs, toMs } = input().bounds;
    if (box === undefined || box.width === 0) return fromMs;
    return fromMs + ((event.clientX - box.left) / box.width) * (toMs - fromMs);
  }

  function meant(ms: number): Drag["what"] {
    const { range, bounds } = input();
    const width = strip.value?.clientWidth ?? 1;
    if (range === undefined) return "new";
    const pxMs = (bounds.toMs - bounds.fromMs) / width;
    const [grip, inner] = [gripPx * pxMs, innerGripPx * pxMs];
    // Of a narrow range, each end is taken from its outer side.
    if (ms > range.fromMs - grip && ms <= range.fromMs) return "from";
    if (ms < range.toMs + grip && ms >= range.toMs) return "to";
    if (ms > range.fromMs && ms < range.fromMs + inner) return "from";
    if (ms < range.toMs && ms > range.toMs - inner) return "to";
    return ms > range.fromMs && ms < range.toMs ? "whole" : "new";
  }

  function dragged({ what, startMs, range }: Drag, ms: number): TimeRange {
    const { bounds } = input();
    if (what === "new" || range === undefined) return rangeBetween(startMs, ms, bounds);
    if (what === "whole") return movedBy(range, ms - startMs, bounds);
    return rangeBetween(what === "from" ? range.toMs : range.fromMs, ms, bounds);
  }

  function onDown(event: PointerEvent): void {
    if (!input().choosable || event.button !== 0 || !event.isPrimary) return;
    const startMs = msAt(event);
    rest();
    drag = { what: meant(startMs), startMs, startX: event.clientX, range: input().range };
    strip.value?.setPointerCapture(event.pointerId);
  }

  function onMove(event: PointerEvent): void {
    if (drag === undefined) return;
    if (!moving.value && Math.abs(event.clientX - drag.startX) < clickPx) return;
    moving.value = true;
    draft.value = dragged(drag, msAt(event));
  }

  function onUp(event: PointerEvent): void {
    if (drag === undefined) return;
    const { bounds } = input();
    const half = (bounds.toMs - bounds.fromMs) / clickPart / 2;
    const ms = msAt(event);
    const clicked = !moving.value;
    const range = clicked && drag.what === "new" ? rangeBetween(ms - half, ms + half, bounds) : draft.value;
    drag = undefined;
    moving.value = false;
    if (range !== undefined) {
      draft.value = range;
      choose(range, false);
    }
  }

  /** The finger went on to scroll the page. */
  function onCancel(): void {
    drag = undefined;
    moving.value = false;
    draft.value = undefined;
  }

  const shown = computed(() => draft.value ?? input().range);

  function onKey(event: KeyboardEvent, end: End): void {
    const range = shown.value;
    const { bounds, activity } = input();
    const step = Math.max(activity.stepMs, leastRangeMs);
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: -step,
      ArrowDown: -step,
      ArrowRight: step,
      ArrowUp: step,
      PageDown: -10 * step,
      PageUp: 10 * step,
      Home: Number.NEGATIVE_INFINITY,
      End: Number.POSITIVE_INFINITY,
    };
    const by = moves[event.key];
    if (range === undefined || by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const next = event.shiftKey ? movedBy(range, by, bounds) : stretched(range, end, by, bounds);
    draft.value = next;
    rest();
    settle = setTimeout(() => {
      settle = undefined;
      settled = next;
      choose(next, true);
    }, settleMs);
  }

  return { shown, moving, onDown, onMove, onUp, onCancel, onKey };
}

/** One end moved; it does not pass the other. */
function stretched(range: TimeRange, end: End, by: number, bounds: TimeRange): TimeRange {
  if (end === "from") {
    return { ...range, fromMs: Math.min(Math.max(range.fromMs + by, bounds.fromMs), range.toMs - leastRangeMs) };
  }
  return { ...range, toMs: Math.max(Math.min(range.toMs + by, bounds.toMs), range.fromMs + leastRangeMs) };
}
