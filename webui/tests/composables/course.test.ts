// SPDX-License-Identifier: Apache-2.0
//
// When the database is asked how the sizes of a process went.

import { expect, it, vi } from "vitest";
import { type Ref, effectScope, nextTick, ref, shallowRef } from "vue";
import { useCourse } from "@/composables/useCourse";
import type { TimeRange } from "@/domain/timeRange";

const unwatched: TimeRange[] = [];
const monitor = {
  history: { unwatched, series: () => undefined },
  historyVersion: shallowRef(0),
  phase: shallowRef({ name: "open" }),
  rowOf: () => undefined,
  unseen: shallowRef(),
};
const timeline = { bounds: shallowRef({ fromMs: 0, toMs: 1_000 }), extent: ref("hour"), ready: ref(true), nowMs: ref(0) };
let asked: Ref<TimeRange | undefined> | undefined;
vi.mock("@/composables/useMonitor", () => ({ useMonitor: () => monitor }));
vi.mock("@/composables/useTimeline", () => ({ useTimeline: () => timeline }));
vi.mock("@/composables/useStoredCourse", () => ({
  useStoredCourse: (_: unknown, span: Ref<TimeRange | undefined>) => ((asked = span), { answer: shallowRef(), problem: shallowRef() }),
}));

it("is asked again after a time in which nobody looked, though the stream went on, and not with every look", async () => {
  const scope = effectScope();
  scope.run(() => useCourse(ref("1:1"), shallowRef()));
  expect(asked?.value).toEqual({ fromMs: 0, toMs: 1_000 });
  timeline.bounds.value = { fromMs: 9_000, toMs: 10_000 };
  monitor.historyVersion.value++;
  await nextTick();
  expect(asked?.value).toEqual({ fromMs: 0, toMs: 1_000 });
  unwatched.push({ fromMs: 2_000, toMs: 9_000 });
  monitor.historyVersion.value++;
  await nextTick();
  expect(asked?.value).toEqual({ fromMs: 9_000, toMs: 10_000 });
  scope.stop();
});
