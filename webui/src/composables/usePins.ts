// SPDX-License-Identifier: Apache-2.0
//
// Pins outlive the visit, for as long as the host is up. Which start of the host it is comes with the
// first status: until then nothing is remembered, and nothing forgotten.

import { computed, watch } from "vue";
import { formatPins, parsePins } from "@/domain/pins";
import { recallText, remember } from "./storage";
import type { Monitor } from "./useMonitor";
import type { TableState } from "./useTableState";

export function rememberPins(monitor: Monitor, { pins, restorePins }: TableState): void {
  const bootId = computed(() => monitor.status.value?.source?.bootId || undefined);
  watch(bootId, (boot) => {
    if (boot !== undefined) restorePins(parsePins(recallText("pins"), boot));
  });
  watch(pins, (keys) => {
    if (bootId.value !== undefined) remember("pins", keys.length === 0 ? undefined : formatPins(bootId.value, keys));
  });
}
