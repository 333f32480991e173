// SPDX-License-Identifier: Apache-2.0
//
// What the made-up host did before the page was opened, and what it has done since: figures of every
// process that only grow, as a real store would have added them up. The same seed and time give the
// same story.

import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { type Event, EventKind, EventSchema } from "@/gen/memmon/v1/event_pb";
import { type Process, ProcessSchema } from "@/gen/memmon/v1/process_pb";
import { keyOf } from "@/domain/process";
import { seededRandom } from "./random";

const MiB = 1024 * 1024;
const hourMs = 3_600_000;
const keptEvents = 50_000;
/** How far back the archive reaches. */
export const archivedMs = 20 * hourMs;

/** Sums at a time: since the first capture began, or, as the service tells them, since the one began that ran then. */
export interface Figures {
  readonly atMs: number;
  readonly held: number;
  readonly virtualSize: number;
  readonly requested: number;
  readonly mmaps: number;
  readonly munmaps: number;
  readonly failed: number;
}

export interface Dweller {
  process: Process;
  readonly beganMs: number;
  endMs: number | undefined;
  /** Oldest first. */
  readonly figures: Figures[];
}

export interface Gap {
  readonly fromMs: number;
  readonly toMs: number;
  /** 0: memmond did not run. */
  readonly lost: number;
}

export const none: Figures = { atMs: 0, held: 0, virtualSize: 0, requested: 0, mmaps: 0, munmaps: 0, failed: 0 };

export class Archive {
  readonly dwellers = new Map<string, Dweller>();
  /** Nothing is stored before. */
  readonly fromMs: number;
  readonly gaps: readonly Gap[];
  /** When captures began, oldest first. */
  private readonly captures: readonly number[];
  private readonly recent: Event[] = [];
  private readonly slotMs: number;

  constructor(
    private readonly seed: number,
    readonly startMs: number,
    processCount: number,
    restarted = false,
  ) {
    this.slotMs = processCount > 200 ? 300_000 : 30_000;
    this.fromMs = this.floor(startMs - archivedMs);
    const restart = { fromMs: this.floor(startMs - 3.5 * hourMs), toMs: this.floor(startMs - 3 * hourMs), lost: 0 };
    this.captures = restarted ? [this.fromMs, restart.toMs] : [this.fromMs];
    this.gaps = [
      { fromMs: this.floor(startMs - 9 * hourMs), toMs: this.floor(startMs - 9 * hourMs) + 900_000, lost: 18_204 },
      ...(restarted ? [restart] : []),
      { fromMs: this.floor(startMs - 25 * 60_000), toMs: this.floor(startMs - 25 * 60_000) + 60_000, lost: 312 },
    ];
    this.addBuild();
  }

  /** Of all gaps. */
  get lostCount(): number {
    return this.gaps.reduce((sum, { lost }) => sum + lost, 0);
  }

  /** When the capture began that ran at a time, or was the last to run before. */
  captureMs(ms: number): number {
    return this.captures.findLast((beganMs) => beganMs <= ms) ?? this.fromMs;
  }

  /** Makes up the past of a process that lives when the page is opened; its figures at that time. */
  add(process: Process, weight: number): Figures {
    const beganMs = process.startTime === undefined ? this.fromMs : timestampMs(process.startTime);
    return this.sums(this.live(process, weight, beganMs, this.startMs), this.startMs) ?? none;
  }

  /** What happened since. */
  note(changed: readonly Process[], events: readonly Event[], nowMs: number): void {
    for (const process of changed) {
      const key = keyOf(process);
      const beganMs = process.startTime === undefined ? nowMs : timestampMs(process.startTime);
      const dweller = this.dwellers.get(key) ?? { process, beganMs, endMs: undefined, figures: [] };
      const before = this.before(dweller, nowMs);
      dweller.process = process;
      if (process.endTime !== undefined) dweller.endMs = timestampMs(process.endTime);
      dweller.figures.push({
        atMs: nowMs,
        held: Number(process.heldBytes) + before.held,
        virtualSize: Number(process.virtualSizeBytes),
        requested: Number(process.requestedBytes) + before.requested,
        mmaps: Number(process.mmapCount) + before.mmaps,
        munmaps: Number(process.munmapCount) + before.munmaps,
        failed: Number(process.failedCount) + before.failed,
      });
      this.dwellers.set(key, dweller);
    }
    this.recent.push(...events);
    if (this.recent.length > keptEvents) this.recent.splice(0, this.recent.length - keptEvents);
  }

  /** Until the capture began that ran at a time. */
  private before(dweller: Dweller, ms: number): Figures {
    const captureMs = this.captureMs(ms);
    return captureMs === this.fromMs ? none : (this.at(dweller, captureMs) ?? none);
  }

  /** As the service tells them; undefined before there were any. */
  sums(dweller: Dweller, ms: number): Figures | undefined {
    const now = this.at(dweller, ms);
    if (now === undefined) return undefined;
    const before = this.before(dweller, ms);
    return {
      ...now,
      held: Math.max(0, now.held - before.held),
      requested: now.requested - before.requested,
      mmaps: now.mmaps - before.mmaps,
      munmaps: now.munmaps - before.munmaps,
      failed: now.failed - before.failed,
    };
  }

  /** The figures since the first capture at a time; undefined before there were any. */
  at(dweller: Dweller, ms: number): Figures | undefined {
    let [low, high] = [0, dweller.figures.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((dweller.figures[middle]?.atMs ?? 0) <= ms) low = middle + 1;
      else high = middle;
    }
    return dweller.figures[low - 1];
  }

  /** Newest first. What is older than the page is one call a slot for all that was asked in it. */
  *events(fromMs: number, toMs: number, wanted: (dweller: Dweller) => boolean): Generator<Event> {
    for (const event of [...this.recent].reverse()) {
      const ms = event.eventTime === undefined ? 0 : timestampMs(event.eventTime);
      const dweller = this.dwellers.get(keyOf(event));
      if (ms >= fromMs && ms < toMs && dweller !== undefined && wanted(dweller)) yield event;
    }
    const dwellers = [...this.dwellers.values()].filter(wanted);
    for (let slot = this.floor(Math.min(toMs, this.startMs)); slot >= Math.max(fromMs, this.fromMs) - this.slotMs; slot -= this.slotMs) {
      const events = dwellers.flatMap((dweller) => this.slotEvents(dweller, slot));
      for (const gap of this.gaps) if (gap.fromMs === slot && gap.lost > 0) events.push(lost(gap));
      events.sort((a, b) => eventMs(b) - eventMs(a));
      for (const event of events) if (eventMs(event) >= fromMs && eventMs(event) < toMs) yield event;
    }
  }

  private slotEvents(dweller: Dweller, slot: number): Event[] {
    const events: Event[] = [];
    const end = this.at(dweller, slot + this.slotMs);
    const { pid, startNs, name } = dweller.process;
    const common = { pid, tid: pid, startNs, processName: name, cpu: pid % 8, virtualSizeBytes: BigInt(end?.virtualSize ?? 0) };
    const inSlot = (ms: number | undefined): ms is number => ms !== undefined && ms >= slot && ms < slot + this.slotMs;
    const add = (what: Parameters<typeof create<typeof EventSchema>>[1], ms: number) =>
      events.push(create(EventSchema, { ...common, ...what, eventTime: timestampFromMs(Math.floor(ms)) }));
    if (inSlot(dweller.beganMs) && dweller.beganMs < this.startMs) add({ kind: EventKind.EXEC }, dweller.beganMs + 2);
    if (inSlot(dweller.endMs) && dweller.endMs < this.startMs) add({ kind: EventKind.EXIT }, dweller.endMs);
    if (end === undefined || end.atMs <= slot || end.atMs > this.startMs) return events;
    const before = this.at(dweller, slot) ?? { ...end, held: 0, requested: 0, mmaps: 0, munmaps: 0, failed: 0 };
    const place = slot + ((pid * 7_919) % Math.floor(this.slotMs / 2));
    const asked = end.requested - before.requested;
    const given = asked - (end.held - before.held);
    const address = 0x7f00_0000_0000n + BigInt(pid) * 0x100_0000n;
    if (asked > 0) add({ kind: EventKind.MMAP, lengthBytes: BigInt(asked), prot: 3, mapFlags: 0x22, result: address }, place);
    if (given > 0) add({ kind: EventKind.MUNMAP, lengthBytes: BigInt(given), address }, place + this.slotMs / 3);
    if (end.failed > before.failed) {
      add({ kind: EventKind.MMAP, lengthBytes: BigInt(65_536 * MiB), prot: 3, mapFlags: 0x22, result: -12n }, place + this.slotMs / 4);
    }
    return events;
  }

  private floor(ms: number): number {
    return Math.floor(ms / this.slotMs) * this.slotMs;
  }

  private live(process: Process, weight: number, beganMs: number, untilMs: number): Dweller {
    const random = seededRandom(this.seed * 65_537 + process.pid);
    const base = Number(process.virtualSizeBytes);
    const firstMs = Math.max(this.fromMs, this.floor(beganMs));
    let now: Figures = { atMs: firstMs, held: 0, virtualSize: base, requested: 0, mmaps: 0, munmaps: 0, failed: 0 };
    const figures = [{ ...now, atMs: Math.max(beganMs, this.fromMs) }];
    for (let slot = firstMs; slot + this.slotMs <= untilMs; slot += this.slotMs) {
      const [chance, size, giving] = [random(), random(), random()];
      if (this.gaps.some((gap) => slot >= gap.fromMs && slot < gap.toMs)) continue;
      // A host has quiet hours and busy ones, and minutes of each.
      const busy = 0.5 + 0.35 * Math.sin((slot / hourMs) * 1.1) + 0.25 * Math.sin((slot / hourMs) * 9.7);
      if (chance > 0.05 + (weight / 14) * busy) continue;
      const asked = Math.ceil(2 ** (size * (weight > 6 ? 18.5 : 12))) * 4096;
      const given = giving < 0.85 ? Math.floor(((now.held + asked) * giving) / 4096) * 4096 : 0;
      const held = now.held + asked - given;
      now = {
        atMs: slot + this.slotMs,
        held,
        virtualSize: base + held,
        requested: now.requested + asked,
        mmaps: now.mmaps + 1,
        munmaps: now.munmaps + (given > 0 ? 1 : 0),
        failed: now.failed + (size > 0.985 ? 1 : 0),
      };
      figures.push(now);
    }
    const endMs = process.endTime === undefined ? undefined : timestampMs(process.endTime);
    const dweller = { process, beganMs, endMs, figures };
    this.dwellers.set(keyOf(process), dweller);
    return dweller;
  }

  /** Programs that came and went while nobody looked: a build every two hours. */
  private addBuild(): void {
    for (let i = 0; i < 10; i++) {
      const beganMs = this.startMs - (i + 1) * 1.9 * hourMs;
      const endMs = beganMs + (6 + (i % 4) * 9) * 60_000;
      const process = create(ProcessSchema, {
        pid: 610 + i * 3,
        startNs: 80_000_000_000_000n - BigInt(i) * 7_000_000_000n,
        name: "cc1plus",
        commandLine: `/usr/lib/gcc/x86_64-linux-gnu/12/cc1plus -O2 part${i}.cc`,
        uid: 1000,
        cgroupId: 4_016n,
        startTime: timestampFromMs(beganMs),
        endTime: timestampFromMs(endMs),
        virtualSizeBytes: BigInt(180 * MiB),
      });
      this.live(process, 24, beganMs, endMs);
    }
  }
}

function eventMs(event: Event): number {
  return event.eventTime === undefined ? 0 : timestampMs(event.eventTime);
}

function lost(gap: Gap): Event {
  return create(EventSchema, { kind: EventKind.LOST, lostCount: BigInt(gap.lost), eventTime: timestampFromMs(gap.fromMs) });
}
