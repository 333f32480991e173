// SPDX-License-Identifier: Apache-2.0

import { type Ref, onScopeDispose, ref } from "vue";

/** The time, a few times a second: for ages and countdowns. */
export function useNow(intervalMs = 500): Readonly<Ref<number>> {
  const now = ref(Date.now());
  const timer = setInterval(() => (now.value = Date.now()), intervalMs);
  onScopeDispose(() => clearInterval(timer));
  return now;
}
