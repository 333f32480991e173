// SPDX-License-Identifier: Apache-2.0
//
// A made-up host with programs that ask for memory, for development and tests. The same seed gives
// the same story.

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type Event,
  EventKind,
  EventSchema,
  type HostTotals,
  HostTotalsSchema,
  type Process,
  type ProcessKey,
  ProcessKeySchema,
  ProcessSchema,
} from "@/gen/memmon/v1/memmon_pb";
import type { Figures } from "./archive";
import { seededRandom } from "./random";

const KiB = 1024;
const MiB = 1024 * KiB;
const GiB = 1024 * MiB;

/** name, command line, virtual size to begin with, weight in the traffic, user. */
const programs: readonly (readonly [string, string, number, number, number?])[] = [
  ["firefox-esr", "/usr/lib/firefox-esr/firefox-esr", 3.4 * GiB, 22],
  ["Isolated Web Co", "/usr/lib/firefox-esr/firefox-esr -contentproc", 2.6 * GiB, 16],
  ["gnome-shell", "/usr/bin/gnome-shell", 3.9 * GiB, 7],
  ["postgres", "postgres: 15/main: checkpointer", 222 * MiB, 9, 114],
  ["java", "/usr/bin/java -jar /srv/indexer.jar", 7.8 * GiB, 14],
  ["clang", "clang -O2 -c kernel/fork.c", 480 * MiB, 18],
  ["rust-analyzer", "rust-analyzer", 1.9 * GiB, 8],
  ["node", "node /srv/app/server.js", 1.1 * GiB, 9],
  ["python3", "python3 train.py --epochs 20", 2.2 * GiB, 10],
  ["bash", "-bash", 9 * MiB, 2],
  ["systemd-journal", "/lib/systemd/systemd-journald", 66 * MiB, 2, 0],
  ["nginx", "nginx: worker process", 58 * MiB, 3, 33],
  ["redis-server", "/usr/bin/redis-server 127.0.0.1:6379", 74 * MiB, 4, 118],
  ["dockerd", "/usr/bin/dockerd -H fd://", 1.8 * GiB, 4, 0],
  ["sshd", "sshd: ana [priv]", 17 * MiB, 1, 0],
  ["cron", "/usr/sbin/cron -f", 8 * MiB, 1, 0],
  ["make", "make -j2", 12 * MiB, 3],
  ["ld.lld", "ld.lld -o vmlinux", 890 * MiB, 5],
];

/** The kernel's clock when the made-up capture begins. */
const bootNs = 150_000_000_000_000n;

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

function timestampMs(event: Event): number {
  return event.eventTime === undefined ? 0 : Number(event.eventTime.seconds) * 1_000 + event.eventTime.nanos / 1e6;
}

export interface WorkloadOptions {
  readonly seed: number;
  readonly processCount: number;
  readonly startMs: number;
  /** How long a process that has ended is still told of. */
  readonly keepEndedMs?: number;
  /** No process ends by itself. */
  readonly steady?: boolean;
  /** When the capture began; with the page where not set. */
  readonly captureMs?: number;
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
      captureStartTime: timestampFromMs(options.captureMs ?? options.startMs),
    });
    // Each has been there a while longer than the next; some were there before the capture.
    const { startMs, captureMs = startMs, processCount } = options;
    for (let i = 0; i < processCount; i++) {
      const sinceMs = ((startMs - captureMs) * 1.3 + 60_000) * (1 - i / processCount);
      this.remember(this.spawn(Math.floor(startMs - sinceMs)));
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
    for (let i = 0; i < eventCount; i++) {
      const actor = this.pick();
      events.push(this.act(actor, nowMs));
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
    events.sort((a, b) => timestampMs(a) - timestampMs(b));
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
    const actor: Actor = {
      process: create(ProcessSchema, {
        pid,
        startNs: bootNs + BigInt(Math.round((nowMs - this.options.startMs) * 1_000_000)),
        parentPid: parent?.process.pid ?? 0,
        name,
        commandLine,
        uid,
        cgroupId: BigInt(4_000 + at),
        mmId: BigInt(pid) * 0x9e37_79b9n,
        startTime: timestampFromMs(nowMs),
        virtualSizeBytes: BigInt(Math.floor((size * (0.7 + 0.6 * this.random())) / 4096) * 4096),
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
    actor.process = { ...actor.process, endTime: timestampFromMs(nowMs) };
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
    if (chance < 0.42 && actor.mappings.length > 0) return this.unmap(actor, nowMs);
    if (chance < 0.47) return this.event(actor, EventKind.BRK, nowMs, { address: 0x5555_5580_0000n, result: 0x5555_5580_0000n });
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
    process.munmapCount += 1n;
    actor.process = process;
    return this.event(actor, EventKind.MUNMAP, nowMs, { address: mapping?.address ?? 0n, length, result: 0n });
  }

  private fail(actor: Actor, nowMs: number): Event {
    actor.process = { ...actor.process, failedCount: actor.process.failedCount + 1n };
    const result = this.choose([-12n, -22n, -17n]);
    return this.event(actor, EventKind.MMAP, nowMs, { length: BigInt(64 * GiB), prot: 3, mapFlags: 0x22, result });
  }

  private event(
    actor: Actor,
    kind: EventKind,
    nowMs: number,
    what: { address?: bigint; length?: bigint; prot?: number; mapFlags?: number; result?: bigint },
  ): Event {
    const { pid, startNs, name, virtualSizeBytes } = actor.process;
    return create(EventSchema, {
      kind,
      sequence: this.sequence++,
      eventTime: timestampFromMs(nowMs - Math.floor(this.random() * 100)),
      pid,
      tid: pid,
      startNs,
      processName: name,
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
