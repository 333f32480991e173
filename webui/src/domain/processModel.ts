// SPDX-License-Identifier: Apache-2.0
//
// The processes as the service last told them: a snapshot, then changes. Says "resubscribe" where
// the changes no longer fit together, rather than show figures that are not true.

import type { StreamProcessesResponse } from "@/gen/memmon/v1/memmon_pb";
import type { HostTotals } from "@/gen/memmon/v1/process_pb";
import { type ProcessRow, keyOf, toRow } from "./process";

export type Applied = "applied" | "resubscribe";

export class ProcessModel {
  private readonly byKey = new Map<string, ProcessRow>();
  /** The latest of each process id. */
  private readonly byPid = new Map<number, ProcessRow>();
  private epoch: bigint | undefined;
  private revision = 0n;
  private latestTotals: HostTotals | undefined;

  get totals(): HostTotals | undefined {
    return this.latestTotals;
  }

  get size(): number {
    return this.byKey.size;
  }

  /** A copy; rows themselves never change, a changed process is another row. */
  rows(): ProcessRow[] {
    return [...this.byKey.values()];
  }

  get(key: string): ProcessRow | undefined {
    return this.byKey.get(key);
  }

  /** A new stream begins: nothing fits until its snapshot. What is shown stays until then. */
  expectSnapshot(): void {
    this.epoch = undefined;
  }

  apply(message: StreamProcessesResponse): Applied {
    if (message.snapshot) {
      this.byKey.clear();
      this.byPid.clear();
    } else if (message.epoch !== this.epoch || message.revision !== this.revision + 1n) {
      this.epoch = undefined;
      return "resubscribe";
    }
    this.epoch = message.epoch;
    this.revision = message.revision;
    for (const process of message.processes) {
      const row = toRow(process, this.byPid.get(process.pid));
      this.byKey.set(row.key, row);
      this.byPid.set(row.pid, row);
    }
    for (const key of message.removed) {
      this.byKey.delete(keyOf(key));
      if (this.byPid.get(key.pid)?.startNs === key.startNs) this.byPid.delete(key.pid);
    }
    if (message.totals !== undefined) this.latestTotals = message.totals;
    return "applied";
  }
}
