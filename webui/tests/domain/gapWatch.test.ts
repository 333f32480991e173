// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { GapWatch } from "@/domain/gapWatch";
import { ServiceLoad } from "@/domain/serviceLoad";

describe("a gap", () => {
  it("has the time at which it was seen to grow", () => {
    const watch = new GapWatch();
    watch.look(0n, 1_000);
    expect(watch.gap).toBeUndefined();
    watch.look(5n, 2_000);
    watch.look(5n, 3_000);
    expect(watch.gap).toEqual({ count: 5n, atMs: 2_000, before: false });
    watch.look(9n, 4_000);
    expect(watch.gap).toEqual({ count: 9n, atMs: 4_000, before: false });
  });

  it("that was there at the first look is older than that", () => {
    const watch = new GapWatch();
    watch.look(5n, 1_000);
    expect(watch.gap?.before).toBe(true);
    watch.look(6n, 2_000);
    expect(watch.gap).toEqual({ count: 6n, atMs: 2_000, before: false });
  });

  it("that came while nobody looked is older than the look, too", () => {
    const watch = new GapWatch();
    watch.look(0n, 1_000);
    watch.rest();
    watch.look(5n, 9_000);
    expect(watch.gap).toEqual({ count: 5n, atMs: 9_000, before: true });
  });

  it("goes with its capture", () => {
    const watch = new GapWatch();
    watch.look(5n, 1_000);
    watch.look(0n, 2_000);
    expect(watch.gap).toBeUndefined();
  });
});

describe("what memmond itself takes", () => {
  it("is processor time by time", () => {
    const load = new ServiceLoad();
    load.look(0, 1_000);
    expect(load.share).toBeUndefined();
    load.look(2_000, 1_050);
    expect(load.share).toBe(0.025);
  });

  it("is not known across a restart, nor from two looks at once", () => {
    const load = new ServiceLoad();
    load.look(0, 1_000);
    load.look(2_000, 1_050);
    load.look(2_001, 1_090);
    expect(load.share).toBe(0.025);
    load.look(4_000, 10);
    expect(load.share).toBeUndefined();
  });
});
