// SPDX-License-Identifier: Apache-2.0
//
// Work that takes longer than a frame, a slice in each turn of the event loop: frames come in between.

export interface SlicedWork {
  /** Begins; what was begun before is finished first, at once. `then` is called at its end. */
  start(slices: Iterator<void, void>, then: () => void): void;
  /** Does the rest at once. */
  finish(): void;
  /** Lets go of the rest. */
  stop(): void;
}

export function createSlicedWork(): SlicedWork {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let work: { readonly slices: Iterator<void, void>; readonly then: () => void } | undefined;

  function step(): void {
    timer = undefined;
    if (work === undefined) return;
    const { slices, then } = work;
    if (slices.next().done !== true) {
      timer = setTimeout(step, 0);
      return;
    }
    work = undefined;
    then();
  }
  function stop(): void {
    clearTimeout(timer);
    timer = work = undefined;
  }
  function finish(): void {
    while (work !== undefined) {
      clearTimeout(timer);
      step();
    }
  }
  return {
    start(slices, then) {
      finish();
      work = { slices, then };
      step();
    },
    finish,
    stop,
  };
}
