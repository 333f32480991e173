// SPDX-License-Identifier: Apache-2.0
//
// When the picture of the log stands still, and what is said of that.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { effectScope, nextTick, ref, shallowRef } from "vue";
import { type RequestLog, useRequestLog } from "@/composables/useRequestLog";
import { EventLog } from "@/domain/eventLog";
import type { KindGroup } from "@/domain/kinds";
import { event, events } from "../builders";

const monitor = { log: new EventLog(), logVersion: shallowRef(0), historyVersion: shallowRef(0), rowOf: () => undefined };
vi.mock("@/composables/useMonitor", () => ({ useMonitor: () => monitor }));
vi.mock("@/composables/useFilteredEvents", () => ({ useFilteredEvents: () => ref("all") }));

let scope = effectScope();
let log: RequestLog;
const aiming = ref(false);
beforeEach(() => {
  monitor.log = new EventLog();
  scope = effectScope();
  aiming.value = false;
  log = scope.run(() => useRequestLog(shallowRef({ only: undefined, finds: undefined, failed: false, minLength: 0n }), shallowRef(new Set<KindGroup>(["mmap"])), aiming)) as RequestLog;
});
afterEach(() => scope.stop());

async function comes(pid: number): Promise<void> {
  monitor.log.add(events({ events: [event({ pid })] }), 0);
  monitor.logVersion.value++;
  await nextTick();
}
const pids = () => log.entries.value.map((entry) => (entry.type === "event" ? entry.event.pid : 0));

it("stands still without a word while somebody aims at it", async () => {
  await comes(1);
  aiming.value = true;
  await comes(2);
  expect([pids(), log.held.value, log.newCount.value]).toEqual([[1], false, 0]);
  aiming.value = false;
  await nextTick();
  expect(pids()).toEqual([2, 1]);
});

it("stands still for who reads it, and says how many came", async () => {
  await comes(1);
  log.setReading(true);
  await comes(2);
  await comes(3);
  expect([pids(), log.held.value, log.newCount.value]).toEqual([[1], true, 2]);
  // Who stops aiming may read on.
  aiming.value = true;
  await nextTick();
  aiming.value = false;
  await nextTick();
  expect(pids()).toEqual([1]);
  log.setReading(false);
  await nextTick();
  expect([pids(), log.newCount.value]).toEqual([[3, 2, 1], 0]);
});
