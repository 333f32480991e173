// SPDX-License-Identifier: Apache-2.0
//
// Chance that can be had again: MEMMON_SEED=N.

/** Numbers of [0, 1), the same for the same seed (mulberry32). */
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** The same things in another order. */
  shuffled(things) {
    const left = [...things];
    return things.map(() => left.splice(Math.floor(this.next() * left.length), 1)[0]);
  }
}

/** MEMMON_SEED, or one of the clock's. */
export const seedOfRun = () => Number(process.env.MEMMON_SEED ?? Date.now() % 2 ** 31);
