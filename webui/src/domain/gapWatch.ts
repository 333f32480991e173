// SPDX-License-Identifier: Apache-2.0
//
// When records were lost: the service counts them, the page notes at what time the count grew.

export interface Gap {
  /** Lost since the capture began. */
  readonly count: bigint;
  /** Wall clock, ms: when it was noticed last. */
  readonly atMs: number;
  /** It was there when the page first looked, or came back: it is older than `atMs`. */
  readonly before: boolean;
}

export class GapWatch {
  private latest: Gap | undefined;
  private looked = false;

  get gap(): Gap | undefined {
    return this.latest;
  }

  /** Nobody looks for a while. */
  rest(): void {
    this.looked = false;
  }

  look(count: bigint, nowMs: number): void {
    const known = this.latest?.count ?? 0n;
    if (count === 0n) this.latest = undefined;
    else if (count !== known) this.latest = { count, atMs: nowMs, before: !this.looked };
    this.looked = true;
  }
}
