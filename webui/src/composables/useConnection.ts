// SPDX-License-Identifier: Apache-2.0

import { type ComputedRef, computed } from "vue";
import { type ConnectionState, connectionState } from "@/domain/connection";
import { useMonitor } from "./useMonitor";
import { useNow } from "./useNow";

export function useConnection(): ComputedRef<ConnectionState> {
  const monitor = useMonitor();
  const now = useNow();
  return computed(() =>
    connectionState({
      phase: monitor.phase.value,
      nowMs: now.value,
      lastMessageMs: monitor.lastMessageMs.value,
      source: monitor.status.value?.source?.state,
      sourceName: monitor.status.value?.source?.name,
    }),
  );
}
