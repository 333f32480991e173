// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { createAim } from "@/domain/aim";

describe("who aims", () => {
  it("does not before a pointer was there, and no longer once it has rested", () => {
    const aim = createAim();
    expect(aim.untilMs()).toBeLessThan(0);
    aim.at(1_000, false);
    expect(aim.untilMs()).toBe(1_300);
    aim.at(1_200, false);
    expect(aim.untilMs()).toBe(1_500);
  });

  it("keeps nothing for good by moving on and on", () => {
    const aim = createAim();
    for (let ms = 0; ms < 3_000; ms += 10) aim.at(ms, false);
    expect(aim.untilMs()).toBe(3_000);
    aim.at(3_000, false);
    expect(aim.untilMs()).toBe(3_300);
  });

  it("may press for long, however long it had moved, and is followed by a finger's click", () => {
    const aim = createAim();
    for (let ms = 0; ms < 2_900; ms += 10) aim.at(ms, false);
    expect(aim.at(2_900, true)).toBe(true);
    expect(aim.at(6_000, true)).toBe(false);
    expect(aim.untilMs()).toBe(32_900);
    aim.at(6_500, false);
    expect(aim.untilMs()).toBe(6_800);
  });
});
