// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { createSteadyClock } from "@/domain/steadyClock";

/** A clock, and what moves the wall's clock and the ticks that it has. */
function made() {
  let [wallMs, ticksMs] = [1_700_000_000_000, 50];
  const now = createSteadyClock(
    () => wallMs,
    () => ticksMs,
  );
  return { now, pass: (ms: number) => ((wallMs += ms), (ticksMs += ms)), set: (byMs: number) => (wallMs += byMs) };
}

describe("a steady clock", () => {
  it("tells what passed", () => {
    const { now, pass } = made();
    expect(now()).toBe(0);
    pass(250);
    expect(now()).toBe(250);
    pass(1_000);
    expect(now()).toBe(1_250);
  });

  it("goes on where the wall's is put back", () => {
    const { now, pass, set } = made();
    pass(1_000);
    now();
    set(-3_600_000);
    pass(1_000);
    expect(now()).toBe(2_000);
    pass(1_000);
    expect(now()).toBe(3_000);
  });

  it("has not stood still while the machine slept", () => {
    const { now, pass, set } = made();
    pass(1_000);
    now();
    set(600_000);
    expect(now()).toBe(601_000);
    // The wall's is corrected by little all the time: that is no sleep.
    set(40);
    pass(1_000);
    expect(now()).toBe(602_000);
  });
});
