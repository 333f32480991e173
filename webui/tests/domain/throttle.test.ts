// SPDX-License-Identifier: Apache-2.0

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createThrottle } from "@/domain/throttle";

describe("createThrottle", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("makes one call of many requests, ten a second at most", () => {
    const times: number[] = [];
    const throttle = createThrottle(() => times.push(Date.now()), 100);
    for (let ms = 0; ms < 1_000; ms++) {
      throttle.request();
      vi.advanceTimersByTime(1);
    }
    expect(times.length).toBeGreaterThanOrEqual(9);
    const pauses = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(100);
  });

  it("runs soon after a quiet time, and not at all once stopped", () => {
    const run = vi.fn();
    const throttle = createThrottle(run, 100);
    throttle.request();
    vi.advanceTimersByTime(0);
    expect(run).toHaveBeenCalledTimes(1);
    throttle.request();
    throttle.stop();
    vi.advanceTimersByTime(1_000);
    expect(run).toHaveBeenCalledTimes(1);
  });
});
