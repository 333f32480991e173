// SPDX-License-Identifier: Apache-2.0
//
// Calls a function soon after it was asked for, but at most once an interval: a burst of messages
// becomes one redraw.

export interface Throttle {
  request(): void;
  stop(): void;
}

export function createThrottle(run: () => void, intervalMs: number): Throttle {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    request() {
      if (timer !== undefined) return;
      const wait = Math.max(0, lastMs + intervalMs - Date.now());
      timer = setTimeout(() => {
        timer = undefined;
        lastMs = Date.now();
        run();
      }, wait);
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
