// SPDX-License-Identifier: Apache-2.0

import { type ShallowRef, onScopeDispose, ref, shallowRef, type Ref } from "vue";
import { Ring } from "@/domain/ring";
import { useMonitor } from "./useMonitor";

export const historySeconds = 60;

/** Events a second: now, and once a second for the last minute, oldest first. */
export function useRateHistory(): { now: Readonly<Ref<number>>; history: Readonly<ShallowRef<readonly number[]>> } {
  const monitor = useMonitor();
  const ring = new Ring<number>(historySeconds);
  const now = ref(0);
  const history = shallowRef<readonly number[]>([]);
  const timer = setInterval(() => {
    now.value = monitor.eventsPerSecond(Date.now());
    ring.push(now.value);
    history.value = [...ring.newestFirst()].reverse();
  }, 1_000);
  onScopeDispose(() => clearInterval(timer));
  return { now, history };
}
