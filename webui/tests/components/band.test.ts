// SPDX-License-Identifier: Apache-2.0
//
// What the band of activity draws beside its bars, and the figures that say it.

import { describe, expect, it, vi } from "vitest";
import { shallowRef } from "vue";
import BandCuts from "@/components/time/BandCuts.vue";
import BandMarks from "@/components/time/BandMarks.vue";
import ByteValue from "@/components/ui/ByteValue.vue";
import SignedBytes from "@/components/ui/SignedBytes.vue";
import { EventLog } from "@/domain/eventLog";
import type { Unseen } from "@/domain/sight";
import { EventKind } from "@/gen/memmon/v1/event_pb";
import { event, events } from "../builders";
import { render } from "./render";

let log: EventLog;
let watchedMs = -1;
const unseen = shallowRef<Unseen>();
vi.mock("@/composables/useMonitor", () => ({ useMonitor: () => ({ rows: shallowRef([]), log, sinceMs: () => watchedMs, unseen }) }));

describe("a bar that is cut", () => {
  const bar = { fromMs: Date.UTC(2020, 0, 1, 3, 10), toMs: Date.UTC(2020, 0, 1, 3, 11), bytes: 5 * 2 ** 30, x: 74.5, width: 9 };

  it("says when it was and what it stands for, in both languages", async () => {
    expect((await render(BandCuts, { bars: [bar], height: 42 })).text).toMatch(/: 5(\.00?)? GiB, more than the scale has room for$/);
    expect((await render(BandCuts, { bars: [bar], height: 42 }, "es")).text).toMatch(/: 5(,00?)? GiB, más de lo que cabe en la escala$/);
  });

  it("is broken across all of its width", async () => {
    expect((await render(BandCuts, { bars: [bar], height: 42 })).html).toContain('d="M68 9L81 5M68 14L81 10"');
    expect((await render(BandCuts, { bars: [], height: 42 })).html).not.toContain("path");
  });
});

describe("marks of who begins and ends", () => {
  const bounds = { fromMs: 0, toMs: 60_000 };
  const forks = [1, 2].map((pid) => event({ kind: EventKind.FORK, pid, eventTime: { seconds: 10n, nanos: 0 } }));
  const text = async (locale: "en" | "es" = "en") => (await render(BandMarks, { bounds, width: 60, y: 4 }, locale)).text;

  it("say how many, and at least so many where some were not told", async () => {
    log = new EventLog();
    log.add(events({ events: forks }), 0);
    expect(await text()).toMatch(/ · 2 processes begin$/);
    log.add(events({ leftOut: [{ kind: EventKind.MMAP, count: 9n }] }), 0);
    expect(await text()).toMatch(/ · 2 processes begin$/);
    log.add(events({ leftOut: [{ kind: EventKind.EXEC, count: 9n }] }), 0);
    expect(await text()).toMatch(/ · at least: 2 processes begin$/);
    expect(await text("es")).toMatch(/ · al menos: 2 procesos comienzan$/);
  });

  it("say that one runs another program, which, and how many do", async () => {
    const exec = (pid: number, processName: string) => event({ kind: EventKind.EXEC, pid, processName, eventTime: { seconds: 10n, nanos: 0 } });
    log = new EventLog();
    log.add(events({ events: [exec(1, "clang")] }), 0);
    const { html } = await render(BandMarks, { bounds, width: 60, y: 4 });
    expect(html.match(/data-testid="band-mark"/g)).toHaveLength(1);
    expect(await text()).toMatch(/\d\d:00:10 · runs clang$/);
    expect(await text("es")).toMatch(/ · ejecuta clang$/);
    // As many times as it did: each is another program.
    log.add(events({ events: [exec(1, "ld.lld"), exec(2, "make")] }), 0);
    expect(await text()).toMatch(/ · 3 run another program$/);
    log.add(events({ events: [event({ kind: EventKind.FORK, pid: 3, eventTime: { seconds: 10n, nanos: 0 } })] }), 0);
    expect(await text()).toMatch(/ · 1 process begins, 3 run another program$/);
  });

  it("say at least, too, before this page watched, and before what it has kept", async () => {
    const more = / · at least: 2 processes begin$/;
    log = new EventLog();
    log.add(events({ events: forks }), 0);
    expect(await text()).not.toContain("Before");
    watchedMs = 30_000;
    expect(await text()).toMatch(more);
    expect(await text()).toMatch(/^Before .*00:00:30 not all that began/);
    expect(await text("es")).toMatch(/^Antes de .*00:00:30 no está marcado todo lo que comenzó/);
    watchedMs = -1;
    log = new EventLog(3);
    log.add(events({ events: forks }), 0);
    expect(await text()).not.toMatch(/at least|Before/);
    log.add(events({ events: [event({ kind: EventKind.FORK, pid: 3, eventTime: { seconds: 12n, nanos: 0 } })] }), 0);
    expect(await text()).toMatch(/^Before .* · at least: 2 processes begin/);
  });

  it("say at least of a time of which this page was not told all, of one thing, too", async () => {
    log = new EventLog();
    log.add(events({ events: [event({ kind: EventKind.FORK, pid: 1, processName: "cat", eventTime: { seconds: 10n, nanos: 0 } })] }), 0);
    const span = (fromMs: number, toMs: number): Unseen => ({ sinceMs: fromMs, lostSinceMs: undefined, spans: [{ cause: "away", count: 0n, fromMs, toMs }] });
    unseen.value = span(20_000, 30_000);
    expect(await text()).toMatch(/ · cat begins$/);
    unseen.value = span(5_000, 30_000);
    expect(await text()).toMatch(/ · at least: cat begins$/);
    unseen.value = undefined;
  });

  it("say when one began, to the second, on a whole minute too", async () => {
    log = new EventLog();
    log.add(events({ events: [event({ kind: EventKind.FORK, pid: 1, eventTime: { seconds: 60n, nanos: 0 } })] }), 0);
    const html = await render(BandMarks, { bounds: { fromMs: 0, toMs: 120_000 }, width: 60, y: 4 });
    expect(html.text).toMatch(/\d\d:01:00 · \S* ?begins$/);
  });
});

describe("a number of bytes", () => {
  it("has its unit, and the exact number where one points at it", async () => {
    const { html, text } = await render(ByteValue, { bytes: 1_572_864n });
    expect(text.replaceAll("\u00a0", " ").replaceAll("&nbsp;", " ")).toMatch(/^1\.50? MiB$/);
    expect(html).toMatch(/title="1,572,864\sbytes"/);
  });

  it("has a sign where it is a difference, and none where there is none", async () => {
    expect((await render(SignedBytes, { bytes: 4_096n })).text).toMatch(/^\+/);
    expect((await render(SignedBytes, { bytes: -4_096n })).text).toMatch(/^− ?4/);
    expect((await render(SignedBytes, { bytes: 0n })).text).toMatch(/^0/);
  });
});
