// SPDX-License-Identifier: Apache-2.0
//
// How much is asked for, now and in the last minute. Made once for the whole page, so that the minute
// is there whichever part of it is shown.

import { type InjectionKey, type ShallowRef, inject, onScopeDispose, provide, shallowRef } from "vue";
import { Ring } from "@/domain/ring";
import type { Monitor } from "./useMonitor";

export const historySeconds = 60;

export interface Rate {
  /** Undefined while it is not known yet. */
  readonly now: number | undefined;
  /** Once a second, oldest first. */
  readonly history: readonly number[];
}

export interface Rates {
  /** Calls a second. */
  readonly requests: Readonly<ShallowRef<Rate>>;
  readonly bytes: Readonly<ShallowRef<Rate>>;
}

const ratesKey: InjectionKey<Rates> = Symbol("rates");

export function provideRates(monitor: Monitor): Rates {
  const none: Rate = { now: undefined, history: [] };
  const requests = shallowRef(none);
  const bytes = shallowRef(none);
  const follow = (rate: ShallowRef<Rate>, perSecond: (nowMs: number) => number | undefined) => {
    const ring = new Ring<number>(historySeconds);
    return () => {
      const now = perSecond(Date.now());
      if (now !== undefined) ring.push(now);
      rate.value = { now, history: [...ring.newestFirst()].reverse() };
    };
  };
  const followRequests = follow(requests, monitor.requestsPerSecond);
  const followBytes = follow(bytes, monitor.bytesPerSecond);
  const timer = setInterval(() => {
    followRequests();
    followBytes();
  }, 1_000);
  onScopeDispose(() => clearInterval(timer));
  const rates: Rates = { requests, bytes };
  provide(ratesKey, rates);
  return rates;
}

export function useRates(): Rates {
  const rates = inject(ratesKey);
  if (rates === undefined) throw new Error("useRates needs provideRates above it");
  return rates;
}
