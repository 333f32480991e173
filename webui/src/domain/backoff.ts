// SPDX-License-Identifier: Apache-2.0
//
// How long to wait before the next try.

export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
  /** Part of the delay that is random, so that many tabs do not come back at one moment. */
  readonly jitter: number;
}

export const defaultBackoff: Backoff = { firstMs: 500, maxMs: 10_000, jitter: 0.2 };

/** `attempt` counts the failures in a row, from 1; `random` gives 0 to 1. */
export function backoffDelay(attempt: number, backoff: Backoff = defaultBackoff, random = Math.random): number {
  const exact = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(Math.max(attempt, 1) - 1, 30));
  return Math.round(exact * (1 - backoff.jitter * random()));
}
