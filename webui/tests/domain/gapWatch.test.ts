// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { GapWatch } from "@/domain/gapWatch";
import { ServiceLoad } from "@/domain/serviceLoad";

describe("a gap", () => {
  it("is by how much the count grew last, and the time of that", () => {
    const watch = new GapWatch();
    watch.look(0n, 1_000);
    expect(watch.gap).toBeUndefined();
    watch.look(18_516n, 2_000);
    watch.look(18_516n, 3_000);
    expect(watch.gap).toEqual({ count: 18_516n, atMs: 2_000, before: false });
    watch.look(18_517n, 9_000);
    expect(watch.gap).toEqual({ count: 1n, atMs: 9_000, before: false });
  });

  it("is one as long as it goes on", () => {
    const watch = new GapWatch();
    watch.look(0n, 1_000);
    watch.look(5n, 2_000);
    watch.look(9n, 2_500);
    watch.look(10n, 3_500);
    expect(watch.gap).toEqual({ count: 10n, atMs: 3_500, before: false });
  });

  it("of a clock that was put back is another one", () => {
    const watch = new GapWatch();
    watch.look(0n, 1_000);
    watch.look(5n, 3_600_000);
    watch.look(6n, 2_000);
    expect(watch.gap).toEqual({ count: 1n, atMs: 2_000, before: false });
  });

  it("that was there at the first look is older than that", () => {
    const watch = new GapWatch();
    watch.look(5n, 1_000);
    expect(watch.gap).toEqual({ count: 5n, atMs: 1_000, before: true });
    watch.look(6n, 4_000);
    expect(watch.gap).toEqual({ count: 1n, atMs: 4_000, before: false });
  });

  it("that came while nobody looked is older than the look, too", () => {
    const watch = new GapWatch();
    watch.look(2n, 1_000);
    watch.rest();
    watch.look(5n, 1_900);
    expect(watch.gap).toEqual({ count: 3n, atMs: 1_900, before: true });
  });

  it("goes with its capture", () => {
    const watch = new GapWatch();
    watch.look(5n, 1_000);
    watch.look(0n, 2_000);
    expect(watch.gap).toBeUndefined();
    watch.look(2n, 5_000);
    expect(watch.gap).toEqual({ count: 2n, atMs: 5_000, before: false });
  });

  it("is no loss of now where the count fell: that is another capture's", () => {
    const watch = new GapWatch();
    watch.look(9n, 1_000);
    watch.look(3n, 1_500);
    expect(watch.gap).toEqual({ count: 3n, atMs: 1_500, before: true });
    watch.beginAnew();
    expect(watch.gap).toBeUndefined();
    watch.look(7n, 2_000);
    expect(watch.gap).toEqual({ count: 7n, atMs: 2_000, before: true });
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
