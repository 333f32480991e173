// SPDX-License-Identifier: Apache-2.0
//
// What the made-up processes have called: what the archive says of before the page, and each event since.

import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import { type GetProcessCallsResponse, GetProcessCallsResponseSchema } from "@/gen/memmon/v1/calls_pb";
import { type Event, EventKind } from "@/gen/memmon/v1/event_pb";
import type { MemoryMonitor } from "@/gen/memmon/v1/memmon_pb";
import type { HostTotals, Process } from "@/gen/memmon/v1/process_pb";
import { errorNumber } from "@/domain/errno";
import { isCall } from "@/domain/kinds";
import { keyOf } from "@/domain/process";

const noMemory = 12;
/** Of what was asked for before the page was opened only sums are known: as if all had been of these sizes. */
const oldExponents = [12, 13, 14, 15, 16, 18, 20] as const;

interface Sizes {
  succeeded: number;
  failed: number;
}

/** Of one process, since the page was opened. */
interface Seen {
  readonly counts: Map<EventKind, number>;
  readonly failures: Map<number, { count: number; largest: bigint }>;
  readonly sizes: Map<number, Sizes>;
  /** By brk alone: no other call of this host moves the size away from what is held. */
  heap: bigint;
  size: bigint;
}

function exponentOf(bytes: bigint): number {
  return bytes.toString(2).length - 1;
}

export class CallLedger {
  private readonly byKey = new Map<string, Seen>();
  private missedMs: number | undefined;

  /** Records were lost. */
  miss(nowMs: number): void {
    this.missedMs ??= nowMs;
  }

  add(event: Event): void {
    const seen = this.seen(keyOf(event));
    seen.counts.set(event.kind, (seen.counts.get(event.kind) ?? 0) + 1);
    const error = isCall(event.kind) ? errorNumber(event.result) : undefined;
    if (error !== undefined) {
      const { count, largest } = seen.failures.get(error) ?? { count: 0, largest: 0n };
      seen.failures.set(error, { count: count + 1, largest: event.lengthBytes > largest ? event.lengthBytes : largest });
    }
    if (event.kind === EventKind.MMAP) {
      const sizes = sizesAt(seen.sizes, exponentOf(event.lengthBytes));
      if (error === undefined) sizes.succeeded++;
      else sizes.failed++;
    }
    if (event.kind === EventKind.BRK && seen.size > 0n) seen.heap += event.virtualSizeBytes - seen.size;
    seen.size = event.virtualSizeBytes;
  }

  /** What memmond would tell of it now. */
  tell(process: Process, captureMs: number): GetProcessCallsResponse {
    const seen = this.seen(keyOf(process));
    const counts = new Map(seen.counts);
    const failures = new Map(seen.failures);
    const sizes = new Map([...seen.sizes].map(([exponent, size]) => [exponent, { ...size }] as const));
    const sum = (values: Iterable<number>) => [...values].reduce((all, value) => all + value, 0);
    const done = sum([...sizes.values()].map(({ succeeded }) => succeeded));
    const failedBefore = Number(process.failedCount) - sum([...failures.values()].map(({ count }) => count));
    if (failedBefore > 0) {
      const known = failures.get(noMemory);
      failures.set(noMemory, { count: (known?.count ?? 0) + failedBefore, largest: process.noMemoryLargestBytes });
      sizesAt(sizes, exponentOf(process.noMemoryLargestBytes)).failed += failedBefore;
    }
    for (let i = 0; i < Number(process.mmapCount) - done; i++) sizesAt(sizes, oldExponents[i % oldExponents.length] ?? 12).succeeded++;
    counts.set(EventKind.MMAP, Number(process.mmapCount + process.failedCount));
    counts.set(EventKind.MUNMAP, Number(process.munmapCount));
    const beganMs = process.startTime === undefined ? 0 : timestampMs(process.startTime);
    const isBorn = beganMs >= captureMs;
    return create(GetProcessCallsResponseSchema, {
      counts: [...counts].filter(([, count]) => count > 0).sort(([a], [b]) => a - b).map(([kind, count]) => ({ kind, count: BigInt(count) })),
      failures: [...failures]
        .map(([error, { count, largest }]) => ({ error, count: BigInt(count), largestBytes: largest }))
        .sort((a, b) => Number(b.count - a.count)),
      sizes: [...sizes]
        .sort(([a], [b]) => a - b)
        .map(([exponent, { succeeded, failed }]) => ({ exponent, succeeded: BigInt(succeeded), failed: BigInt(failed) })),
      execs: isBorn ? [{ time: timestampFromMs(beganMs + 2), name: process.name }] : [],
      sizeChanges: seen.heap === 0n ? [] : [{ kind: EventKind.BRK, bytes: seen.heap }],
      sizeBegan: isBorn ? EventKind.EXEC : EventKind.UNSPECIFIED,
      sizeBeganBytes: isBorn ? process.virtualSizeBytes - process.heldBytes - seen.heap : 0n,
      ...(this.missedMs === undefined || beganMs > this.missedMs ? {} : { missedSince: timestampFromMs(this.missedMs) }),
    });
  }

  private seen(key: string): Seen {
    let seen = this.byKey.get(key);
    if (seen === undefined) {
      seen = { counts: new Map(), failures: new Map(), sizes: new Map(), heap: 0n, size: 0n };
      this.byKey.set(key, seen);
    }
    return seen;
  }
}

function sizesAt(sizes: Map<number, Sizes>, exponent: number): Sizes {
  const known = sizes.get(exponent) ?? { succeeded: 0, failed: 0 };
  sizes.set(exponent, known);
  return known;
}

export function processCalls(
  ledger: CallLedger,
  scene: string,
  host: { readonly totals: HostTotals; processes(): Process[] },
): Pick<ServiceImpl<typeof MemoryMonitor>, "getProcessCalls"> {
  return {
    getProcessCalls({ process: wanted }) {
      if (scene === "old") throw new ConnectError("unknown method", Code.Unimplemented);
      const key = wanted === undefined ? "" : keyOf(wanted);
      const process = host.processes().find((one) => keyOf(one) === key);
      if (process === undefined) throw new ConnectError("the process is not known", Code.NotFound);
      const start = host.totals.captureStartTime;
      return ledger.tell(process, start === undefined ? 0 : timestampMs(start));
    },
  };
}
