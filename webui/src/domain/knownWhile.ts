// SPDX-License-Identifier: Apache-2.0

import type { ProcessWatch } from "./history";

/** The same without what is of the last seconds alone, which nobody knows while not `known`. */
export function knownWhile(watch: ProcessWatch, known: () => boolean): ProcessWatch {
  return {
    rate: (key) => (known() ? watch.rate(key) : undefined),
    growth: (key) => (known() ? watch.growth(key) : undefined),
    recentHeld: (key) => watch.recentHeld(key),
    series: (key) => watch.series(key),
    endedMs: (key) => watch.endedMs(key),
    get unwatched() {
      return watch.unwatched;
    },
  };
}
