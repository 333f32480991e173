// SPDX-License-Identifier: Apache-2.0
//
// A made-up host with programs that ask for memory, for development and tests. The same seed gives
// the same story.

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Event, EventKind, EventSchema } from "@/gen/memmon/v1/event_pb";
import {
  type HostTotals,
  HostTotalsSchema,
  type Process,
  type ProcessKey,
  ProcessKeySchema,
  ProcessSchema,
} from "@/gen/memmon/v1/process_pb";
import type { Figures } from "./archive";
import { GiB, containers, programs, residentPart, users } from "./programs";
import { seededRandom } from "./random";

/** The kernel's clock when the made-up capture begins. */
const bootNs = 150_000_000_000_000n;

/** What of so many bytes is in RAM, whole pages. */
function touched(bytes: bigint): bigint {
  return (bytes * BigInt(Math.round(residentPart * 100))) / 100n / 4096n * 4096n;
}

const maxWeight = Math.max(...programs.map(([, , , weight]) => weight));

interface Mapping {
  readonly address: bigint;
  readonly length: bigint;
}

interface Actor {
  process: Process;
  readonly weight: number;
  readonly mappings: Mapping[];
  nextAddress: bigint;
}

export interface WorkloadOptions {
  readonly seed: number;
  readonly processCount: number;
  readonly startMs: number;
  /** How long a process that has ended is still told of. */
  readonly keepEndedMs?: number;
  /** This program gives nothing back. */
  readonly leaks?: string;
  /** No process ends by itself. */
  readonly steady?: boolean;
  /** How long before the capture began; 0 where not set. */
  readonly capturedForMs?: number;
  /** Records that were lost until then. */
  readonly lostCount?: number;
  /** What a process that was there before has done until then. */
  readonly past?: (process: Process, weight: number) => Figures;
}

export class Workload {
  private readonly random: () => number;
  private readonly actors: Actor[] = [];
  private readonly gone: { key: ProcessKey; atMs: number }[] = [];
  private nextPid = 812;
  private spawned = 0;
  private sequence = 0n;
  readonly totals: HostTotals;

  constructor(private readonly options: WorkloadOptions) {
    this.random = seededRandom(options.seed);
    this.totals = create(HostTotalsSchema, {
      ramBytes: BigInt(16 * GiB),
      swapBytes: BigInt(4 * GiB),
      captureStartTime: timestampFromMs(options.startMs - (options.capturedForMs ?? 0)),
      lostCount: BigInt(options.lostCount ?? 0),
    });
    // Each has been there a while longer than the next; some were there before the capture.
    const { startMs, capturedForMs = 0, processCount } = options;
    for (let i = 0; i < processCount; i++) {
      // The same at every visit, whenever that is: links name a process by when it began.
      const sinceMs = Math.round((capturedForMs * 1.3 + 60_000) * (1 - i / processCount));
      this.remember(this.spawn(startMs - sinceMs));
    }
  }

  private remember(actor: Actor): void {
    const figures = this.options.past?.(actor.process, actor.weight);
    if (figures === undefined) return;
    actor.process = {
      ...actor.process,
      heldBytes: BigInt(figures.held),
      virtualSizeBytes: BigInt(figures.virtualSize),
      requestedBytes: BigInt(figures.requested),
      mmapCount: BigInt(figures.mmaps),
      munmapCount: BigInt(figures.munmaps),
      failedCount: BigInt(figures.failed),
      noMemoryCount: BigInt(figures.failed),
      noMemoryLargestBytes: figures.failed > 0 ? BigInt(64 * GiB) : 0n,
    };
    this.totals.requestedBytes += BigInt(figures.requested);
    this.totals.eventCount += BigInt(figures.mmaps + figures.munmaps + figures.failed);
  }

  processes(): Process[] {
    return this.actors.map((actor) => actor.process);
  }

  /** Lets time pass; the events that came of it, and what changed. */
  step(nowMs: number, eventCount: number): { events: Event[]; changed: Process[]; removed: ProcessKey[] } {
    const events: Event[] = [];
    const changed = new Set<Actor>();
    // In order, as the service tells them: each event's size is the one after it.
    const times = Array.from({ length: eventCount }, () => nowMs - Math.floor(this.random() * 100)).sort((a, b) => a - b);
    for (const atMs of times) {
      const actor = this.pick();
      events.push(this.act(actor, atMs));
      changed.add(actor);
    }
    if (this.random() < 0.06 && !this.options.steady) changed.add(this.end(nowMs, events));
    if (this.random() < 0.06) changed.add(this.spawn(nowMs));
    this.totals.eventCount += BigInt(events.length);
    const removed = this.gone.filter(({ atMs }) => nowMs - atMs > (this.options.keepEndedMs ?? 20_000));
    for (const { key } of removed) {
      const at = this.actors.findIndex(({ process }) => process.pid === key.pid);
      if (at >= 0) this.actors.splice(at, 1);
      this.gone.splice(this.gone.findIndex((other) => other.key === key), 1);
    }
    return {
      events,
      changed: [...changed].filter((actor) => !removed.some(({ key }) => key.pid === actor.process.pid)).map((actor) => ({ ...actor.process })),
      removed: removed.map(({ key }) => key),
    };
  }

  private spawn(nowMs: number): Actor {
    const at = this.spawned++ % programs.length;
    const [name, commandLine, size, weight, uid = 1000] = programs[at] ?? ["", "", 0, 1];
    const parent = this.parentFor(name);
    const pid = this.nextPid;
    this.nextPid += 1 + Math.floor(this.random() * 40);
    const virtualSize = BigInt(Math.floor((size * (0.7 + 0.6 * this.random())) / 4096) * 4096);
    const actor: Actor = {
      process: create(ProcessSchema, {
        pid,
        startNs: bootNs + BigInt(Math.round((nowMs - this.options.startMs) * 1_000_000)),
        parentPid: parent?.process.pid ?? 0,
        name,
        commandLine,
        uid,
        userName: users.get(uid) ?? "",
        container: containers.get(name) ?? "",
        cgroupId: BigInt(4_000 + at),
        mmId: BigInt(pid) * 0x9e37_79b9n,
        startTime: timestampFromMs(nowMs),
        virtualSizeBytes: virtualSize,
        residentBytes: touched(virtualSize),
      }),
      weight,
      mappings: [],
      nextAddress: 0x7f00_0000_0000n + BigInt(Math.floor(this.random() * 0xffff)) * 0x1000n,
    };
    this.actors.push(actor);
    return actor;
  }

  /** Programs that start others; what began before the capture has no parent that is known. */
  private parentFor(name: string): Actor | undefined {
    const wanted: Readonly<Record<string, string>> = {
      "Isolated Web Co": "firefox-esr",
      clang: "make",
      "ld.lld": "make",
      make: "bash",
      bash: "sshd",
      python3: "bash",
      node: "dockerd",
    };
    return this.actors.findLast(({ process }) => process.name === wanted[name] && process.endTime === undefined);
  }

  /** The one that was there first ends; what changed. */
  endFirst(nowMs: number): Process[] {
    const first = this.actors.find(({ process }) => process.endTime === undefined);
    return first === undefined ? [] : [this.end(nowMs, [], first).process];
  }

  private end(nowMs: number, events: Event[], actor = this.pick()): Actor {
    actor.process = { ...actor.process, endTime: timestampFromMs(nowMs), residentBytes: 0n };
    const { pid, startNs } = actor.process;
    this.gone.push({ key: create(ProcessKeySchema, { pid, startNs }), atMs: nowMs });
    events.push(this.event(actor, EventKind.EXIT, nowMs, {}));
    return actor;
  }

  /** One of those that live, the busy ones more often. */
  private pick(): Actor {
    for (let tries = 0; tries < 1_000; tries++) {
      const actor = this.choose(this.actors);
      if (actor.process.endTime === undefined && this.random() * maxWeight < actor.weight) return actor;
    }
    return this.spawn(this.options.startMs);
  }

  private act(actor: Actor, nowMs: number): Event {
    const chance = this.random();
    if (chance < 0.03) return this.fail(actor, nowMs);
    const leaks = actor.process.name === this.options.leaks;
    if (chance < 0.42 && !leaks && actor.mappings.length > 0) return this.unmap(actor, nowMs);
    if (chance < 0.47) return this.growHeap(actor, nowMs);
    return this.map(actor, nowMs);
  }

  private map(actor: Actor, nowMs: number): Event {
    const pages = Math.ceil(2 ** (this.random() * (actor.weight > 6 ? 15 : 9)));
    const length = BigInt(pages * 4096);
    const address = actor.nextAddress;
    actor.nextAddress += length + 0x1000n;
    actor.mappings.push({ address, length });
    const process = { ...actor.process };
    process.heldBytes += length;
    process.requestedBytes += length;
    process.virtualSizeBytes += length;
    process.residentBytes += touched(length);
    process.mmapCount += 1n;
    this.totals.requestedBytes += length;
    actor.process = process;
    const [prot, mapFlags] = this.choose([[3, 0x22], [3, 0x4022], [1, 0x2], [5, 0x12], [0, 0x4022], [3, 0x20022]] as const);
    return this.event(actor, EventKind.MMAP, nowMs, { length, prot, mapFlags, result: address });
  }

  private unmap(actor: Actor, nowMs: number): Event {
    const [mapping] = actor.mappings.splice(Math.floor(this.random() * actor.mappings.length), 1);
    const length = mapping?.length ?? 0n;
    const process = { ...actor.process };
    process.heldBytes -= length;
    process.virtualSizeBytes -= length;
    process.residentBytes -= touched(length);
    process.munmapCount += 1n;
    actor.process = process;
    return this.event(actor, EventKind.MUNMAP, nowMs, { address: mapping?.address ?? 0n, length, result: 0n });
  }

  private growHeap(actor: Actor, nowMs: number): Event {
    const heapStart = 0x5555_5580_0000n;
    const size = actor.process.virtualSizeBytes + 0x2_1000n;
    actor.process = { ...actor.process, virtualSizeBytes: size };
    return this.event(actor, EventKind.BRK, nowMs, { address: heapStart + size, result: heapStart + size });
  }

  private fail(actor: Actor, nowMs: number): Event {
    const result = this.choose([-12n, -22n, -17n]);
    const length = BigInt(64 * GiB);
    const process = { ...actor.process, failedCount: actor.process.failedCount + 1n };
    if (result === -12n) {
      process.noMemoryCount++;
      process.noMemoryLargestBytes = length;
    }
    actor.process = process;
    return this.event(actor, EventKind.MMAP, nowMs, { length, prot: 3, mapFlags: 0x22, result });
  }

  private event(
    actor: Actor,
    kind: EventKind,
    nowMs: number,
    what: { address?: bigint; length?: bigint; prot?: number; mapFlags?: number; result?: bigint },
  ): Event {
    const { pid, startNs, name, virtualSizeBytes, mmId } = actor.process;
    return create(EventSchema, {
      kind,
      sequence: this.sequence++,
      eventTime: timestampFromMs(nowMs),
      pid,
      tid: pid,
      startNs,
      processName: name,
      mmId,
      address: what.address ?? 0n,
      lengthBytes: what.length ?? 0n,
      prot: what.prot ?? 0,
      mapFlags: what.mapFlags ?? 0,
      result: what.result ?? 0n,
      virtualSizeBytes,
    });
  }

  private choose<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)] as T;
  }
}
