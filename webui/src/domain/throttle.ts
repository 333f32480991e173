// SPDX-License-Identifier: Apache-2.0
//
// Calls a function soon after it was asked for, but at most once an interval: a burst of messages
// becomes one redraw. One that takes long is called less often, so that it never takes more than a
// twentieth of the time: a page with much to show, or on a busy machine, still answers who uses it.

export interface Throttle {
  request(): void;
  stop(): void;
}

/** A call and what it brought about is followed by at least so many times as long without one. */
const restFactor = 19;
/** The page is not to seem dead after one call that was held up. */
const maxRestMs = 1_000;
/** A call takes what the quickest of so many took: what is more the machine did meanwhile, and resting would not help. */
const remembered = 4;

/** What `run` returns is settled when all that it brought about is done. */
export function createThrottle(run: () => void | Promise<void>, intervalMs: number): Throttle {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let dueMs = Number.NEGATIVE_INFINITY;
  let tookMs: readonly number[] = [];
  return {
    request() {
      if (timer !== undefined) return;
      // A clock that is put back puts nothing off.
      const wait = Math.min(Math.max(0, dueMs - Date.now()), intervalMs + maxRestMs);
      timer = setTimeout(() => {
        timer = undefined;
        const beganMs = Date.now();
        dueMs = beganMs + intervalMs;
        void run()?.then(() => {
          const nowMs = Date.now();
          tookMs = [...tookMs, nowMs - beganMs].slice(-remembered);
          dueMs = Math.max(dueMs, nowMs + Math.min(Math.min(...tookMs) * restFactor, maxRestMs));
        });
      }, wait);
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
