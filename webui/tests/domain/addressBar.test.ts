// SPDX-License-Identifier: Apache-2.0

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AddressBar, addressPauseMs, addressRetryMs } from "@/domain/addressBar";

/** As Safari's: a hundred times in half a minute, and then it throws. */
class StrictHistory {
  state: unknown = null;
  readonly written: string[] = [];
  pushed = 0;
  refuses = false;
  private readonly times: number[] = [];

  replaceState(_state: unknown, _title: string, hash?: string | URL | null): void {
    this.take();
    this.written.push(String(hash));
  }

  pushState(_state: unknown, _title: string, hash?: string | URL | null): void {
    this.take();
    this.pushed++;
    this.written.push(String(hash));
  }

  private take(): void {
    const recent = this.times.filter((ms) => Date.now() - ms < 30_000);
    if (this.refuses || recent.length >= 100) throw new DOMException("more than 100 times per 30 seconds", "SecurityError");
    this.times.push(Date.now());
  }
}

let history: StrictHistory;
let bar: AddressBar;
beforeEach(() => {
  vi.useFakeTimers();
  history = new StrictHistory();
  bar = new AddressBar(history);
});
afterEach(() => void vi.useRealTimers());

describe("the address", () => {
  it("is written at once, and after the pause what came last meanwhile", () => {
    bar.replace("#1");
    expect(history.written).toEqual(["#1"]);
    bar.replace("#2");
    bar.replace("#3");
    expect(history.written).toEqual(["#1"]);
    vi.advanceTimersByTime(addressPauseMs);
    expect(history.written).toEqual(["#1", "#3"]);
    vi.advanceTimersByTime(10 * addressPauseMs);
    expect(history.written).toHaveLength(2);
  });

  it("stays within what Safari allows, however long somebody types", () => {
    const refused = vi.spyOn(history, "replaceState");
    for (let i = 0; i < 2_000; i++) {
      bar.replace(`#${i}`);
      vi.advanceTimersByTime(50);
    }
    vi.advanceTimersByTime(addressPauseMs);
    expect(refused.mock.results.every(({ type }) => type === "return")).toBe(true);
    expect(history.written.at(-1)).toBe("#1999");
  });

  it("is tried again where the browser refuses, and nothing breaks", () => {
    history.refuses = true;
    bar.replace("#1");
    bar.push("#2");
    bar.replace("#3");
    expect(history.written).toEqual([]);
    history.refuses = false;
    vi.advanceTimersByTime(addressRetryMs);
    expect(history.written).toEqual(["#3"]);
  });

  it("is written before a step, so that the way back leads to it", () => {
    bar.replace("#1");
    bar.replace("#2");
    bar.push("#3");
    expect(history.written).toEqual(["#1", "#2", "#3"]);
    expect(history.pushed).toBe(1);
    vi.advanceTimersByTime(10 * addressPauseMs);
    expect(history.written).toHaveLength(3);
  });

  it("is left where another one has come, or the page is gone", () => {
    bar.replace("#1");
    bar.replace("#2");
    bar.drop();
    vi.advanceTimersByTime(addressPauseMs);
    bar.replace("#3");
    bar.replace("#4");
    bar.stop();
    vi.advanceTimersByTime(addressPauseMs);
    expect(history.written).toEqual(["#1", "#3"]);
  });
});
