// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { type Event, EventKind } from "@/gen/memmon/v1/event_pb";
import { EventLog, type LogEntry } from "@/domain/eventLog";
import type { KindGroup } from "@/domain/kinds";
import { Ring } from "@/domain/ring";
import { event, events } from "../builders";

const groups = (...names: KindGroup[]): ReadonlySet<KindGroup> => new Set(names);
const seen = (entries: readonly LogEntry[]) =>
  entries.map((entry) => (entry.type === "gap" ? `gap ${entry.cause} ${entry.count}` : Number(entry.event.sequence)));

describe("Ring", () => {
  it("keeps the latest, newest first", () => {
    const ring = new Ring<number>(3);
    expect(ring.latest()).toBeUndefined();
    for (const n of [1, 2, 3, 4, 5]) ring.push(n);
    expect([...ring.newestFirst()]).toEqual([5, 4, 3]);
    expect(ring.latest(2)).toBe(3);
    expect(ring.latest(3)).toBeUndefined();
    ring.clear();
    expect([...ring.newestFirst()]).toEqual([]);
  });

  it("refuses to hold nothing", () => expect(() => new Ring(0)).toThrow(RangeError));
});

describe("EventLog", () => {
  it("shows the chosen kinds in the order of arrival, newest first", () => {
    const log = new EventLog();
    log.add(
      events({
        events: [
          event({ sequence: 1n }),
          event({ sequence: 2n, kind: EventKind.FORK }),
          event({ sequence: 3n, kind: EventKind.MUNMAP }),
          event({ sequence: 4n }),
        ],
      }),
      0,
    );
    expect(seen(log.latest(groups("mmap", "munmap")))).toEqual([4, 3, 1]);
    expect(seen(log.latest(groups("life")))).toEqual([2]);
    expect(log.latest(groups())).toEqual([]);
  });

  it("does not let a storm of one kind wash away the others, nor grow", () => {
    const log = new EventLog(10);
    log.add(events({ events: [event({ sequence: 1n, kind: EventKind.MUNMAP })] }), 0);
    log.add(events({ events: Array.from({ length: 500 }, (_, i) => event({ sequence: BigInt(i + 2) })) }), 0);
    expect(seen(log.latest(groups("munmap")))).toEqual([1]);
    expect(log.latest(groups("mmap"))).toHaveLength(10);
    expect(log.count(groups("mmap"))).toBe(500);
  });

  it("shows what is missing at its place", () => {
    const log = new EventLog();
    log.add(events({ events: [event({ sequence: 1n }), event({ kind: EventKind.LOST, lostCount: 9n }), event({ sequence: 2n })] }), 0);
    log.add(events({ gap: { eventCount: 40n }, events: [event({ sequence: 3n })] }), 0);
    expect(seen(log.latest(groups("mmap")))).toEqual([3, "gap slow 40", 2, "gap lost 9", 1]);
    expect(log.missingCount).toBe(40n);
  });

  it("skips kinds that it does not know", () => {
    const log = new EventLog();
    log.add(events({ events: [event({ kind: 99 as EventKind })] }), 0);
    expect(log.latest(groups("mmap", "kernel", "life"))).toEqual([]);
  });
});

describe("events that are chosen", () => {
  const both = groups("mmap", "munmap");
  const ofSeven = ({ pid, startNs }: Event) => pid === 7 && startNs === 70n;

  it("are not washed away by the others", () => {
    const log = new EventLog(5);
    log.choose(ofSeven);
    log.add(events({ events: [event({ sequence: 1n, pid: 7, startNs: 70n })] }), 0);
    log.add(events({ events: Array.from({ length: 50 }, (_, i) => event({ sequence: BigInt(i + 2) })) }), 0);
    expect(seen(log.latestChosen(both))).toEqual([1]);
  });

  it("are those that are still there, too, and no others", () => {
    const log = new EventLog();
    const mine = { pid: 7, startNs: 70n };
    log.add(events({ events: [event({ sequence: 1n, ...mine }), event({ sequence: 2n, pid: 7, startNs: 71n })] }), 0);
    log.add(events({ gap: { eventCount: 4n }, events: [event({ sequence: 3n, ...mine, kind: EventKind.BRK })] }), 0);
    log.choose(ofSeven);
    log.add(events({ events: [event({ sequence: 4n, ...mine, kind: EventKind.MUNMAP })] }), 0);
    expect(seen(log.latestChosen(both))).toEqual([4, "gap slow 4", 1]);
    expect(seen(log.latestChosen(groups("brk")))).toEqual([3, "gap slow 4"]);
    log.choose(undefined);
    expect(seen(log.latestChosen(both))).toEqual(["gap slow 4"]);
  });
});
