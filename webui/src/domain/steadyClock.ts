// SPDX-License-Identifier: Apache-2.0
//
// A clock for spans. The wall's is set now and then: put back, it would make a rate of hundreds of
// thousands a second, and let what waits wait on. The other runs evenly, and stands still in some
// browsers while the machine sleeps: what the wall's has more than that is time, too.

/** More than this between the two, and the machine slept, or somebody has put the wall's clock forward. */
const sleepMs = 1_000;

/** Tells ms since it was made, never less than before. */
export function createSteadyClock(wall: () => number, ticks: () => number): () => number {
  let [wallMs, ticksMs, steadyMs] = [wall(), ticks(), 0];
  return () => {
    const wallBy = wall() - wallMs;
    const ticksBy = ticks() - ticksMs;
    wallMs += wallBy;
    ticksMs += ticksBy;
    steadyMs += wallBy - ticksBy > sleepMs ? wallBy : ticksBy;
    return steadyMs;
  };
}

/** The page's. */
export const steadyNow = createSteadyClock(
  () => Date.now(),
  () => performance.now(),
);
