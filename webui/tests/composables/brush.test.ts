// SPDX-License-Identifier: Apache-2.0
//
// A range on a strip of time that is 1000 px wide, of 1 ms a px.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { effectScope, nextTick, reactive, ref } from "vue";
import { type Brush, gripPx, useBrush } from "@/composables/useBrush";
import type { TimeRange } from "@/domain/timeRange";

const bounds = { fromMs: 0, toMs: 1_000_000 };
const seconds = (from: number, to: number): TimeRange => ({ fromMs: from * 1_000, toMs: to * 1_000 });

let scope = effectScope();
let props: { range: TimeRange | undefined };
let chosen: TimeRange[];
let brush: Brush;
beforeEach(() => {
  vi.useFakeTimers();
  scope = effectScope();
  chosen = [];
  props = reactive({ range: undefined });
  const strip = { getBoundingClientRect: () => ({ left: 0, width: 1_000 }), clientWidth: 1_000, setPointerCapture: () => undefined };
  const make = () =>
    useBrush(
      ref(strip as unknown as HTMLElement),
      () => ({ bounds, range: props.range, choosable: true, activity: { stepMs: 1_000 } }),
      (range) => {
        chosen.push(range);
        props.range = range;
      },
    );
  brush = scope.run(make) as Brush;
});
afterEach(() => {
  scope.stop();
  vi.useRealTimers();
});

const pointer = (clientX: number) => ({ clientX, button: 0, isPrimary: true, pointerId: 1 }) as PointerEvent;
const key = (name: string) => ({ key: name, preventDefault: () => undefined, stopPropagation: () => undefined }) as KeyboardEvent;

/** What pressing at one px and letting go at another chooses, in seconds. */
function drag(from: number, to: number): number[] {
  brush.onDown(pointer(from));
  brush.onMove(pointer(to));
  brush.onUp(pointer(to));
  const { fromMs, toMs } = chosen.at(-1) ?? bounds;
  return [fromMs / 1_000, toMs / 1_000];
}

describe("a press", () => {
  beforeEach(() => (props.range = seconds(400, 600)));

  it("anywhere on an end's handle takes that end", () => {
    expect(drag(400 - gripPx + 1, 300)).toEqual([300, 600]);
    props.range = seconds(400, 600);
    expect(drag(600 + gripPx - 1, 700)).toEqual([400, 700]);
    props.range = seconds(400, 600);
    expect(drag(403, 300)).toEqual([300, 600]);
  });

  it("within the range takes all of it, and beside it begins another", () => {
    expect(drag(410, 310)).toEqual([300, 500]);
    props.range = seconds(400, 600);
    expect(drag(400 - gripPx - 1, 300)).toEqual([300, 400 - gripPx - 1]);
  });
});

describe("the keyboard", () => {
  beforeEach(() => (props.range = seconds(400, 600)));

  it("counts once it pauses, and goes on from there", async () => {
    brush.onKey(key("ArrowLeft"), "from");
    brush.onKey(key("ArrowLeft"), "from");
    expect([brush.shown.value, chosen]).toEqual([seconds(398, 600), []]);
    vi.advanceTimersByTime(300);
    // Before the page has followed.
    brush.onKey(key("ArrowLeft"), "from");
    await nextTick();
    expect(brush.shown.value).toEqual(seconds(397, 600));
    vi.advanceTimersByTime(300);
    expect(chosen).toEqual([seconds(398, 600), seconds(397, 600)]);
  });

  it("does not lead back to the past who has gone to live meanwhile", async () => {
    brush.onKey(key("ArrowLeft"), "from");
    props.range = undefined;
    await nextTick();
    expect(brush.shown.value).toBeUndefined();
    vi.advanceTimersByTime(1_000);
    expect([chosen, props.range]).toEqual([[], undefined]);
  });

  it("is over where a pointer goes on", () => {
    brush.onKey(key("ArrowLeft"), "from");
    brush.onDown(pointer(800));
    brush.onMove(pointer(900));
    vi.advanceTimersByTime(1_000);
    expect(chosen).toEqual([]);
    brush.onUp(pointer(900));
    expect(chosen).toEqual([seconds(800, 900)]);
  });
});
