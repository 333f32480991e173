// SPDX-License-Identifier: Apache-2.0
//
// When somebody looked, as far back as is remembered: looks are meant to come once a second, and where
// the machine is busy or the page hidden they do not.

/** A minute of looks that come twice as often as they are meant to. */
export const keptLooks = 120;

export class LookTimes {
  private readonly times = new Float64Array(keptLooks);
  private count = 0;

  /** The latest look, the first of which is 0; -1 before that. */
  get latest(): number {
    return this.count - 1;
  }

  /** The oldest look that is remembered. */
  get oldest(): number {
    return Math.max(0, this.count - keptLooks);
  }

  add(ms: number): void {
    this.times[this.count++ % keptLooks] = ms;
  }

  /** Of one that is remembered, ms. */
  at(look: number): number {
    return this.times[look % keptLooks] ?? 0;
  }

  /** The look from `first` on that is nearest to a time; `first` is remembered, and later looks have later times. */
  nearest(ms: number, first = this.oldest): number {
    let look = Math.min(first, this.latest);
    while (look < this.latest && Math.abs(this.at(look + 1) - ms) <= Math.abs(this.at(look) - ms)) look++;
    return look;
  }
}
