// SPDX-License-Identifier: Apache-2.0
//
// A process as the page shows it. Byte figures stay bigint, so that sums are exact.

import type { HostTotals, Process, ProcessKey } from "@/gen/memmon/v1/process_pb";
import { timestampMs } from "./format";

export interface ProcessRow {
  /** Names the process for as long as the host is up: process ids come round again. */
  readonly key: string;
  readonly pid: number;
  /** Boot clock, ns. */
  readonly startNs: bigint;
  /** 0 where it is not known: the process was there before the capture. */
  readonly parentPid: number;
  readonly name: string;
  readonly commandLine: string;
  /** Undefined, as all that says whose it is, of one that began and ended in a range of the past. */
  readonly uid: number | undefined;
  /** Empty where it is not known. */
  readonly userName: string;
  readonly cgroupId: bigint | undefined;
  /** Its container or systemd unit; empty where it is in none, undefined where that is not known. */
  readonly container: string | undefined;
  /** Names the address space, which processes may share; 0 where it is not known. */
  readonly mmId: bigint;
  readonly held: bigint;
  readonly virtualSize: bigint;
  /** In RAM, as of a second ago or less; 0 where it is not known. */
  readonly resident: bigint;
  /** Undefined where it is not known: in a range of the past in which the capture began anew. */
  readonly requested: bigint | undefined;
  readonly mmapCount: bigint;
  readonly munmapCount: bigint;
  readonly failedCount: bigint;
  /** Calls of mmap that failed with ENOMEM. */
  readonly noMemoryCount: bigint;
  /** The largest length that one of those asked for. */
  readonly noMemoryLargest: bigint;
  /** Wall clock, ms; undefined where it is not known. */
  readonly startMs: number | undefined;
  readonly endMs: number | undefined;
  readonly ended: boolean;
  /** Records about it may have been lost since its last exact total. */
  readonly uncertain: boolean;
  /** The capture began anew in the range that is looked at: what it called and how it grew there is not known. */
  readonly anew: boolean;
}

export function keyOf(process: Pick<ProcessKey, "pid" | "startNs">): string {
  return `${process.pid}:${process.startNs}`;
}

/** `before`: the row of that process id until now. To write a key takes as long as all else here. */
export function toRow(process: Process, before?: ProcessRow): ProcessRow {
  return {
    key: before?.startNs === process.startNs ? before.key : keyOf(process),
    pid: process.pid,
    startNs: process.startNs,
    parentPid: process.parentPid,
    name: process.name,
    commandLine: process.commandLine,
    uid: process.uid,
    userName: process.userName,
    cgroupId: process.cgroupId,
    container: process.container,
    mmId: process.mmId,
    held: process.heldBytes,
    virtualSize: process.virtualSizeBytes,
    resident: process.residentBytes,
    requested: process.requestedBytes,
    mmapCount: process.mmapCount,
    munmapCount: process.munmapCount,
    failedCount: process.failedCount,
    noMemoryCount: process.noMemoryCount,
    noMemoryLargest: process.noMemoryLargestBytes,
    startMs: process.startTime === undefined ? undefined : timestampMs(process.startTime),
    endMs: process.endTime === undefined ? undefined : timestampMs(process.endTime),
    ended: process.endTime !== undefined,
    uncertain: process.uncertain,
    anew: false,
  };
}

/** As it was at a time of whom it is known how it was last seen: who ended later lived then. */
export function asOf(row: ProcessRow, ms: number): ProcessRow {
  return row.endMs !== undefined && row.endMs > ms ? { ...row, endMs: undefined, ended: false } : row;
}

/** The user's name or, where that is not known, the id; empty where neither is. */
export function userOf(row: Pick<ProcessRow, "uid" | "userName">): string {
  return row.userName || String(row.uid ?? "");
}

/** mmap and munmap calls that it made, and all calls of it that failed. */
export function callCount(row: Pick<ProcessRow, "mmapCount" | "munmapCount" | "failedCount">): number {
  return Number(row.mmapCount + row.munmapCount + row.failedCount);
}

/** The system's virtual memory: RAM and swap, bytes. */
export function systemMemory(totals: Pick<HostTotals, "ramBytes" | "swapBytes"> | undefined): bigint {
  return totals === undefined ? 0n : totals.ramBytes + totals.swapBytes;
}

/** part / whole, 0 where there is no whole. */
export function ratio(part: bigint, whole: bigint): number {
  return whole <= 0n ? 0 : Number(part) / Number(whole);
}
