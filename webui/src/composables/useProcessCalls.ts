// SPDX-License-Identifier: Apache-2.0
//
// What a process has called, asked for once a second while somebody looks and memmond is there.

import { type Ref, computed } from "vue";
import { type ProcessCalls, toProcessCalls } from "@/domain/processCalls";
import { useApi } from "./useApi";
import { useMonitor } from "./useMonitor";
import { type Polled, usePolled } from "./usePolled";

const everyMs = 1_000;

/** undefined: of nobody. */
export function useProcessCalls(key: Readonly<Ref<string | undefined>>): Polled<ProcessCalls> {
  const api = useApi();
  const { phase } = useMonitor();
  return usePolled({
    key,
    wanted: computed(() => phase.value.name === "open"),
    everyMs,
    ask: async (process, options) => toProcessCalls(await api.getProcessCalls({ process }, options)),
  });
}
