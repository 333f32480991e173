// SPDX-License-Identifier: Apache-2.0
//
// A process as the page shows it. Byte figures stay bigint, so that sums are exact.

import type { HostTotals, Process, ProcessKey } from "@/gen/memmon/v1/memmon_pb";

export interface ProcessRow {
  /** Names the process for as long as the host is up: process ids come round again. */
  readonly key: string;
  readonly pid: number;
  readonly name: string;
  readonly commandLine: string;
  readonly held: bigint;
  readonly virtualSize: bigint;
  readonly requested: bigint;
  readonly mmapCount: bigint;
  readonly munmapCount: bigint;
  readonly failedCount: bigint;
  readonly ended: boolean;
  /** Records about it may have been lost since its last exact total. */
  readonly uncertain: boolean;
}

export function keyOf(process: Pick<ProcessKey, "pid" | "startNs">): string {
  return `${process.pid}:${process.startNs}`;
}

export function toRow(process: Process): ProcessRow {
  return {
    key: keyOf(process),
    pid: process.pid,
    name: process.name,
    commandLine: process.commandLine,
    held: process.heldBytes,
    virtualSize: process.virtualSizeBytes,
    requested: process.requestedBytes,
    mmapCount: process.mmapCount,
    munmapCount: process.munmapCount,
    failedCount: process.failedCount,
    ended: process.endTime !== undefined,
    uncertain: process.uncertain,
  };
}

/** The system's virtual memory: RAM and swap, bytes. */
export function systemMemory(totals: Pick<HostTotals, "ramBytes" | "swapBytes"> | undefined): bigint {
  return totals === undefined ? 0n : totals.ramBytes + totals.swapBytes;
}

/** part / whole, 0 where there is no whole. */
export function ratio(part: bigint, whole: bigint): number {
  return whole <= 0n ? 0 : Number(part) / Number(whole);
}
