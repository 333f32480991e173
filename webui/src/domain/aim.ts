// SPDX-License-Identifier: Apache-2.0
//
// Whether somebody is about to press what is below their pointer: what changes its place just then is
// missed, or another is hit. Times are in milliseconds, of any clock that is not set.

/** So long after it moved or let go, a pointer still means what is below it; a finger's click comes within that. */
const restMs = 300;
/** A pointer that never rests keeps nothing from changing for longer. */
const movesAtMostMs = 3_000;
/** Nor one that is held down, or whose letting go was not told. */
const pressesAtMostMs = 30_000;

export interface Aim {
  /** It moved, was pressed or let go; `pressed` says how it is since. Says whether that is new: the end may be nearer then. */
  at(nowMs: number, pressed: boolean): boolean;
  /** Until when nothing may change its place, where there are no more calls; before any, it may. */
  untilMs(): number;
}

export function createAim(): Aim {
  let sinceMs = Number.NEGATIVE_INFINITY;
  let endsMs = Number.NEGATIVE_INFINITY;
  let held = false;
  return {
    at(nowMs, pressed) {
      const isNew = pressed !== held;
      // It aims anew, or has decided: a press may take as long as any, whatever went before.
      if (nowMs >= endsMs || isNew) sinceMs = nowMs;
      held = pressed;
      endsMs = pressed ? sinceMs + pressesAtMostMs : Math.min(nowMs + restMs, sinceMs + movesAtMostMs);
      return isNew;
    },
    untilMs: () => endsMs,
  };
}
