// SPDX-License-Identifier: Apache-2.0
//
// What was asked for in the last minutes. Made once for the whole page, so that the minutes are there
// whichever part of it is shown.

import { type InjectionKey, inject, provide, watch } from "vue";
import { RecentRequests } from "@/domain/recentRequests";
import { steadyNow } from "@/domain/steadyClock";
import type { Monitor } from "./useMonitor";

const recentKey: InjectionKey<RecentRequests> = Symbol("recentRequests");

export function provideRecentRequests({ rows, totals, historyVersion }: Monitor): RecentRequests {
  const recent = new RecentRequests();
  watch(historyVersion, () => {
    if (totals.value !== undefined) recent.look(rows.value, totals.value.requestedBytes, Date.now(), steadyNow());
  });
  provide(recentKey, recent);
  return recent;
}

export function useRecentRequests(): RecentRequests {
  const recent = inject(recentKey);
  if (recent === undefined) throw new Error("useRecentRequests needs provideRecentRequests above it");
  return recent;
}
