// SPDX-License-Identifier: Apache-2.0
//
// Processes that somebody looks at, kept when the service forgets them. It does so some time after
// they end; what they were at last is shown as ended.

import type { ProcessRow } from "./process";

/** A long snapshot comes in pieces: whoever is missing for less is in the next one. */
const patienceMs = 2_000;

export class KeptProcesses {
  private readonly wanted = new Map<string, readonly string[]>();
  private readonly latest = new Map<string, ProcessRow>();
  private readonly missingSince = new Map<string, number>();

  /** `owner` wants these kept, and no more those that it wanted before. */
  want(owner: string, keys: readonly string[]): void {
    this.wanted.set(owner, keys);
    const all = new Set([...this.wanted.values()].flat());
    for (const key of [...this.latest.keys()]) if (!all.has(key)) this.forget(key);
  }

  /** Those that the service has forgotten; `known` is what it tells of them now. */
  missing(known: (key: string) => ProcessRow | undefined, nowMs: number): ProcessRow[] {
    const rows: ProcessRow[] = [];
    for (const key of new Set([...this.wanted.values()].flat())) {
      const row = known(key);
      if (row !== undefined) {
        this.latest.set(key, row);
        this.missingSince.delete(key);
        continue;
      }
      const last = this.latest.get(key);
      if (last === undefined) continue;
      const since = this.missingSince.get(key) ?? nowMs;
      this.missingSince.set(key, since);
      const shown = last.ended || nowMs - since < patienceMs ? last : { ...last, ended: true };
      this.latest.set(key, shown);
      rows.push(shown);
    }
    return rows;
  }

  /** What is shown of one that the service has forgotten, also before anybody looked which these are. */
  get(key: string): ProcessRow | undefined {
    return this.latest.get(key);
  }

  private forget(key: string): void {
    this.latest.delete(key);
    this.missingSince.delete(key);
  }
}
