// SPDX-License-Identifier: Apache-2.0
//
// Speed of a counter that is looked at now and then, over the last few seconds.

export class RateMeter {
  private samples: { readonly at: number; readonly count: bigint }[] = [];

  constructor(private readonly windowMs = 3_000) {}

  add(at: number, count: bigint): void {
    const last = this.samples.at(-1);
    // A smaller count is another capture: its counters begin anew.
    if (last !== undefined && count < last.count) this.reset();
    this.samples.push({ at, count });
    this.forget(at);
  }

  reset(): void {
    this.samples = [];
  }

  /** Per second, at `at`; undefined where there are no two looks to compare, of which the last is within the window. */
  perSecond(at: number): number | undefined {
    this.forget(at);
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (first === undefined || last === undefined || first === last) return undefined;
    const elapsed = Math.max(at - first.at, 1);
    return (Number(last.count - first.count) * 1_000) / elapsed;
  }

  /** Keeps one sample at or before the window's beginning, so that the whole window is covered. */
  private forget(at: number): void {
    while (this.samples.length > 1 && (this.samples[1]?.at ?? at) <= at - this.windowMs) this.samples.shift();
  }
}
