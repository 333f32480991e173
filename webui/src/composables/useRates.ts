// SPDX-License-Identifier: Apache-2.0
//
// How much is asked for, now and in the last minute. Made once for the whole page, so that the minute
// is there whichever part of it is shown.

import { type InjectionKey, type ShallowRef, inject, onScopeDispose, provide, shallowRef, watch } from "vue";
import { Ring } from "@/domain/ring";
import type { Monitor } from "./useMonitor";

export const historySeconds = 60;

export interface Rate {
  /** Undefined while it is not known. */
  readonly now: number | undefined;
  /** Once a second, oldest first; undefined where it was not known. */
  readonly history: readonly (number | undefined)[];
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
  const follow = (rate: ShallowRef<Rate>, perSecond: () => number | undefined) => {
    const ring = new Ring<number | undefined>(historySeconds);
    const show = () => (rate.value = { now: perSecond(), history: [...ring.newestFirst()].reverse() });
    const look = () => {
      ring.push(perSecond());
      show();
    };
    return { look, show };
  };
  const followed = [follow(requests, monitor.requestsPerSecond), follow(bytes, monitor.bytesPerSecond)];
  const timer = setInterval(() => followed.forEach(({ look }) => look()), 1_000);
  // Without a stream nothing is known of now, and not only at the next second.
  watch(monitor.phase, () => followed.forEach(({ show }) => show()));
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
