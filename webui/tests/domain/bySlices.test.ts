// SPDX-License-Identifier: Apache-2.0

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSlicedWork } from "@/domain/bySlices";

describe("work by slices", () => {
  let done: string[];
  beforeEach(() => {
    vi.useFakeTimers();
    done = [];
  });
  afterEach(() => vi.useRealTimers());

  function* slices(name: string): Generator<void, void> {
    for (const part of [1, 2, 3]) {
      if (part > 1) yield;
      done.push(`${name}${part}`);
    }
  }

  it("does one a turn, the first at once, and says when all are done", () => {
    const work = createSlicedWork();
    work.start(slices("a"), () => done.push("end"));
    expect(done).toEqual(["a1"]);
    vi.advanceTimersToNextTimer();
    expect(done).toEqual(["a1", "a2"]);
    vi.runAllTimers();
    expect(done).toEqual(["a1", "a2", "a3", "end"]);
  });

  it("finishes what was begun before it begins anew", () => {
    const work = createSlicedWork();
    work.start(slices("a"), () => done.push("end a"));
    work.start(slices("b"), () => done.push("end b"));
    expect(done).toEqual(["a1", "a2", "a3", "end a", "b1"]);
    work.finish();
    expect(done.slice(4)).toEqual(["b1", "b2", "b3", "end b"]);
    vi.runAllTimers();
    expect(done).toHaveLength(8);
  });

  it("lets go of the rest where it is stopped", () => {
    const work = createSlicedWork();
    work.start(slices("a"), () => done.push("end"));
    work.stop();
    vi.runAllTimers();
    expect(done).toEqual(["a1"]);
  });
});
