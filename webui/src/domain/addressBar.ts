// SPDX-License-Identifier: Apache-2.0
//
// Writes to the address, and not too often: Safari throws after a hundred times in 30 seconds, and
// others do so later. What is written again within the pause waits for its end; what the browser
// refuses is tried again then, and the page goes on meanwhile.

/** Of window.history, what is needed here. */
export type AddressHistory = Pick<History, "state" | "replaceState" | "pushState">;

/** 75 in 30 seconds. */
export const addressPauseMs = 400;
/** After the browser refused. */
export const addressRetryMs = 5_000;

export class AddressBar {
  private waiting: string | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly history: AddressHistory) {}

  /** Instead of the address that is there: at once, or at the end of the pause. */
  replace(hash: string): void {
    this.waiting = hash;
    if (this.timer === undefined) this.write();
  }

  /** As a step that the way back undoes. Where the browser refuses it is written later, and is none. */
  push(hash: string): void {
    this.settle();
    try {
      this.history.pushState(null, "", hash);
      // Where the step before it could not be written, this one counts.
      this.waiting = undefined;
    } catch {
      this.waiting = hash;
      this.pause(addressRetryMs);
    }
  }

  /** Writes now what waits, as before another address comes. */
  settle(): void {
    if (this.waiting !== undefined) this.write();
  }

  /** Another address is there: what waits counts no more. */
  drop(): void {
    this.waiting = undefined;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private write(): void {
    const hash = this.waiting;
    if (hash === undefined) return;
    try {
      this.history.replaceState(this.history.state, "", hash);
      this.waiting = undefined;
      this.pause(addressPauseMs);
    } catch {
      this.pause(addressRetryMs);
    }
  }

  private pause(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.settle();
    }, ms);
  }
}
