// SPDX-License-Identifier: Apache-2.0
//
// When the page has reason to listen: while it is seen, or somebody wants to be told what happens; and
// the browser lets it. A browser may freeze a hidden page, then no task of it runs, and what is sent to it
// piles up: it hangs up before, and says afterwards what it did not see.

import { onScopeDispose } from "vue";

export interface Wakefulness {
  /** Goes on while the page is hidden. */
  readonly stayAwake: (on: boolean) => void;
}

/** Calls `tell` now and whenever something changes, for as long as the component is there. */
export function useWakefulness(tell: (awake: boolean) => void): Wakefulness {
  let wanted = false;
  let frozen = false;
  const look = () => tell(!frozen && (wanted || !document.hidden));
  const onFreeze = ({ type }: Event) => {
    frozen = type === "freeze";
    look();
  };
  document.addEventListener("visibilitychange", look);
  for (const name of ["freeze", "resume"]) document.addEventListener(name, onFreeze);
  onScopeDispose(() => {
    document.removeEventListener("visibilitychange", look);
    for (const name of ["freeze", "resume"]) document.removeEventListener(name, onFreeze);
  });
  look();
  return {
    stayAwake(on) {
      wanted = on;
      look();
    },
  };
}
