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
    log.forgetMissing();
    expect(log.missingCount).toBe(0n);
  });

  it("skips kinds that it does not know", () => {
    const log = new EventLog();
    log.add(events({ events: [event({ kind: 99 as EventKind })] }), 0);
    expect(log.latest(groups("mmap", "kernel", "life"))).toEqual([]);
  });
});

describe("a sample", () => {
  const leftOut = [{ kind: EventKind.MMAP, count: 97n }, { kind: EventKind.FORK, count: 5n }, { kind: 99 as EventKind, count: 1n }];

  it("counts what it left out as what came", () => {
    const log = new EventLog();
    log.add(events({ events: [event(), event({ kind: EventKind.MUNMAP })], leftOut }), 0);
    expect([groups("mmap"), groups("munmap"), groups("life"), groups("mmap", "munmap")].map((of) => log.count(of))).toEqual([98, 1, 5, 99]);
    expect(seen(log.latest(groups("mmap")))).toHaveLength(1);
    expect(log.missingCount).toBe(0n);
    expect([log.share.isPart("life"), log.share.isPart("munmap")]).toEqual([true, false]);
  });

  it("says how much of it there is a second, of the groups that are shown, for as long as it is one", () => {
    const log = new EventLog();
    log.share.begin(0);
    for (let ms = 500; ms <= 6_000; ms += 500) log.add(events({ events: [event(), event({ kind: EventKind.MUNMAP })], leftOut: ms > 2_000 ? leftOut : [] }), ms);
    expect(log.share.lately(groups("mmap"), 6_000)).toEqual({ count: 226, of: 229 });
    expect(log.share.lately(groups("munmap"), 6_000)).toBeUndefined();
    expect(log.share.lately(groups("mmap"), 9_001)).toBeUndefined();
  });

  it("says nothing of a stream's first moments, and then goes by its own time alone", () => {
    const log = new EventLog();
    log.share.begin(10_000);
    log.add(events({ events: [event()], leftOut }), 10_500);
    expect(log.share.lately(groups("mmap"), 10_600)).toBeUndefined();
    expect(log.share.lately(groups("mmap"), 12_000)).toEqual({ count: 49, of: 49 });
  });

  it("knows how many were left out since an entry", () => {
    const log = new EventLog();
    for (const ms of [0, 1, 2]) log.add(events({ events: [event()], leftOut }), ms);
    expect([0, 1, 2, 3].map((id) => log.share.leftOutSince(groups("mmap"), id))).toEqual([291, 194, 97, 0]);
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

describe("what passes and comes by a stream of its own", () => {
  const mmap = groups("mmap");
  const at = (nanos: number, pid = 7) => event({ pid, sequence: BigInt(nanos), eventTime: { seconds: 0n, nanos } });
  const passes = ({ pid }: Event) => pid === 7 || pid === 8;
  const ofSeven = ({ pid }: Event) => pid === 7;
  function followed(): EventLog {
    const log = new EventLog();
    log.choose(passes);
    log.add(events({ events: [at(1)] }), 0);
    log.follow(ofSeven, 0);
    return log;
  }

  it("is whole, and is not told twice where the two streams overlap", () => {
    const log = followed();
    log.addChosen(events({ events: [at(1), at(2), at(3)] }), 10);
    // It was on its way when the stream of its own began; later what comes by that is not taken from here.
    log.add(events({ events: [at(3), at(4)] }), 20);
    log.add(events({ events: [at(5)] }), 5_000);
    log.addChosen(events({ events: [at(5), at(6)] }), 5_000);
    expect(seen(log.latestChosen(mmap))).toEqual([6, 5, 4, 3, 2, 1]);
    expect(log.countChosen(mmap)).toBe(6);
  });

  it("is what the page's own test passes, too: ids come round again, and a loss is told once", () => {
    const log = followed();
    log.addChosen(events({ events: [at(2, 9), event({ kind: EventKind.LOST, lostCount: 3n })] }), 0);
    expect(seen(log.latestChosen(mmap))).toEqual([1]);
  });

  it("leaves to the others who began since it was asked for", () => {
    const log = followed();
    log.add(events({ events: [at(2, 8), at(3, 7), at(4, 9)] }), 5_000);
    expect(seen(log.latestChosen(mmap))).toEqual([2, 1]);
  });

  it("comes from the others again where there is none", () => {
    const log = followed();
    log.follow(undefined, 5_000);
    log.add(events({ events: [at(2)] }), 5_000);
    expect(seen(log.latestChosen(mmap))).toEqual([2, 1]);
  });

  it("says what is missing of it, at its place, and what it left out", () => {
    const log = followed();
    log.addChosen(events({ gap: { eventCount: 4n }, events: [at(2)], leftOut: [{ kind: EventKind.MMAP, count: 8n }] }), 2_000);
    expect(seen(log.latestChosen(mmap))).toEqual([2, "gap slow 4", 1]);
    expect(log.countChosen(mmap)).toBe(10);
    expect(log.chosenShare.lately(mmap, 2_000)).toEqual({ count: 4, of: 5 });
    expect(log.share.lately(mmap, 2_000)).toBeUndefined();
    log.choose(ofSeven);
    expect(log.countChosen(mmap)).toBe(0);
  });
});
