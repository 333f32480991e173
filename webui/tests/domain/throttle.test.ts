// SPDX-License-Identifier: Apache-2.0

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createThrottle } from "@/domain/throttle";

describe("createThrottle", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("makes one call of many requests, ten a second at most", () => {
    const times: number[] = [];
    const throttle = createThrottle(() => void times.push(Date.now()), 100);
    for (let ms = 0; ms < 1_000; ms++) {
      throttle.request();
      vi.advanceTimersByTime(1);
    }
    expect(times.length).toBeGreaterThanOrEqual(9);
    const pauses = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(100);
  });

  it("leaves most of the time to others, however long a call takes", async () => {
    const times: number[] = [];
    const throttle = createThrottle(async () => {
      times.push(Date.now());
      vi.setSystemTime(Date.now() + 40);
    }, 100);
    for (let ms = 0; ms < 4_000; ms++) {
      throttle.request();
      await vi.advanceTimersByTimeAsync(1);
    }
    const pauses = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    expect(pauses.length).toBeGreaterThan(3);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(800);
  });

  it("is not slowed down by what the machine did meanwhile", async () => {
    const times: number[] = [];
    const throttle = createThrottle(async () => {
      times.push(Date.now());
      vi.setSystemTime(Date.now() + (times.length % 3 === 0 ? 60 : 2));
    }, 100);
    for (let ms = 0; ms < 2_000; ms++) {
      throttle.request();
      await vi.advanceTimersByTimeAsync(1);
    }
    const pauses = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    expect(pauses.length).toBeGreaterThan(10);
    expect(Math.max(...pauses)).toBeLessThan(150);
  });

  it("does not pause for ever after one that was held up", async () => {
    const times: number[] = [];
    const throttle = createThrottle(async () => {
      times.push(Date.now());
      vi.setSystemTime(Date.now() + (times.length === 1 ? 60_000 : 0));
    }, 100);
    throttle.request();
    await vi.advanceTimersByTimeAsync(1);
    throttle.request();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(times).toHaveLength(2);
  });

  it("does not wait for a clock that was put back", () => {
    const run = vi.fn();
    const throttle = createThrottle(run, 100);
    throttle.request();
    vi.advanceTimersByTime(0);
    vi.setSystemTime(Date.now() - 600_000);
    throttle.request();
    vi.advanceTimersByTime(1_100);
    expect(run).toHaveBeenCalledTimes(2);
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
