// SPDX-License-Identifier: Apache-2.0
//
// When records were lost: the service counts them, the page notes at what time the count grew.

export interface Gap {
  /** By how much it grew then. */
  readonly count: bigint;
  /** Wall clock, ms: when that was noticed last. */
  readonly atMs: number;
  /** It was there when the page first looked, came back, or met another capture: it is older than `atMs`. */
  readonly before: boolean;
}

/** Of a storm of losses each is told within a second of the one before: they are one. */
const joinMs = 1_000;

export class GapWatch {
  private latest: Gap | undefined;
  private known = 0n;
  private looked = false;

  get gap(): Gap | undefined {
    return this.latest;
  }

  /** Nobody looks for a while. */
  rest(): void {
    this.looked = false;
  }

  /** What was counted before is not counted on: the capture began anew. */
  beginAnew(): void {
    this.latest = undefined;
    this.known = 0n;
    this.looked = false;
  }

  look(count: bigint, nowMs: number): void {
    if (count < this.known) this.beginAnew();
    const grown = count - this.known;
    if (grown > 0n) this.grow(grown, nowMs);
    this.known = count;
    this.looked = true;
  }

  private grow(grown: bigint, nowMs: number): void {
    const last = this.latest;
    // Of a clock that was put back, nothing is said to be as late as what was before.
    const joins = this.looked && last !== undefined && nowMs >= last.atMs && nowMs - last.atMs <= joinMs;
    this.latest = joins ? { ...last, count: last.count + grown, atMs: nowMs } : { count: grown, atMs: nowMs, before: !this.looked };
  }
}
