// SPDX-License-Identifier: Apache-2.0
//
// The stream of what the log is filtered to: when it is opened, and how one follows the other.

import { type MessageInitShape, create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type EffectScope, effectScope, nextTick, ref, shallowRef } from "vue";
import { type Feed, useFilteredEvents } from "@/composables/useFilteredEvents";
import { EventLog } from "@/domain/eventLog";
import type { LogFilter } from "@/domain/logFilter";
import type { ProcessRow } from "@/domain/process";
import { EventOutcome } from "@/gen/memmon/v1/event_pb";
import { type StreamEventsResponse, type WatchRequestSchema, type WatchResponse, WatchResponseSchema } from "@/gen/memmon/v1/memmon_pb";
import { event, events, row } from "../builders";

/** A stream as the page opened it; what it says is up to the test. */
class Stream {
  private readonly waiting: (WatchResponse | Error)[] = [];
  private wake: (() => void) | undefined;

  constructor(
    readonly request: MessageInitShape<typeof WatchRequestSchema>,
    readonly signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => this.wake?.());
  }

  say(item: WatchResponse["item"] | Error): void {
    this.waiting.push(item instanceof Error ? item : create(WatchResponseSchema, { item }));
    this.wake?.();
  }

  async *read(): AsyncGenerator<WatchResponse> {
    while (!this.signal.aborted) {
      const next = this.waiting.shift();
      if (next instanceof Error) throw next;
      if (next !== undefined) yield next;
      else await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

let streams: Stream[];
let log: EventLog;
const rows = shallowRef<readonly ProcessRow[]>([]);
const historyVersion = shallowRef(0);
const phase = shallowRef<{ name: string }>({ name: "open" });
vi.mock("@/composables/useApi", () => ({
  useApi: () => ({
    watch(request: MessageInitShape<typeof WatchRequestSchema>, { signal }: { signal: AbortSignal }) {
      const stream = new Stream(request, signal);
      streams.push(stream);
      return stream.read();
    },
  }),
}));
vi.mock("@/composables/useMonitor", () => ({
  useMonitor: () => ({ log, rows, historyVersion, phase, takeChosen: (message: StreamEventsResponse) => log.addChosen(message, Date.now()) }),
}));

const all: LogFilter = { only: undefined, finds: undefined, failed: false, minLength: 0n };
const filter = shallowRef(all);
const finding = (name: string): LogFilter => ({ ...all, finds: (process) => process.name === name });
let scope: EffectScope;
let feed: Readonly<{ value: Feed }>;

beforeEach(() => {
  vi.useFakeTimers();
  streams = [];
  log = new EventLog();
  log.choose(() => true);
  filter.value = all;
  rows.value = [];
  phase.value = { name: "open" };
  scope = effectScope();
  feed = scope.run(() => useFilteredEvents(filter)) ?? ref("all");
});
afterEach(() => {
  scope.stop();
  vi.useRealTimers();
});

const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const open = () => streams.filter(({ signal }) => !signal.aborted);
const last = () => streams.at(-1)?.request.events?.filter;
async function speak(stream: Stream | undefined, pids: readonly number[] = []): Promise<void> {
  stream?.say({ case: "events", value: events({ events: pids.map((pid, i) => event({ pid, eventTime: { seconds: BigInt(streams.length), nanos: i } })) }) });
  await wait(0);
}
/** Another look at the processes. */
async function look(): Promise<void> {
  historyVersion.value++;
  await nextTick();
}
const shown = () => log.latestChosen(new Set(["mmap"])).length;

describe("what the log is filtered to", () => {
  it("is asked for once somebody has chosen, and what they were choosing is not", async () => {
    await wait(1_000);
    expect([feed.value, streams.length]).toEqual(["all", 0]);
    filter.value = { ...all, minLength: 4_096n };
    await wait(200);
    filter.value = { ...all, minLength: 8_192n, failed: true };
    await wait(200);
    expect([feed.value, streams.length]).toEqual(["soon", 0]);
    await wait(200);
    expect(streams).toHaveLength(1);
    expect(streams[0]?.request).toMatchObject({ status: true, events: { maxPerSecond: 500, filter: { pids: [], minLengthBytes: 8_192n, outcome: EventOutcome.FAILED } } });
    expect(streams[0]?.request.events?.fieldMask?.paths).toContain("length_bytes");
    expect(feed.value).toBe("soon");
    await speak(streams[0], [1, 2]);
    expect([feed.value, shown()]).toEqual(["own", 2]);
  });

  it("is let go of with the filter, and with the log", async () => {
    filter.value = { ...all, only: "7:70" };
    await wait(300);
    await speak(streams[0]);
    filter.value = all;
    await wait(0);
    expect([feed.value, open().length]).toEqual(["all", 0]);
    filter.value = { ...all, only: "8:80" };
    await wait(300);
    expect(last()).toMatchObject({ pids: [8] });
    scope.stop();
    expect(open()).toHaveLength(0);
  });

  it("is asked for anew when a search finds others, and the one before goes on until that begins", async () => {
    rows.value = [row(1, { name: "x" })];
    filter.value = finding("x");
    await wait(300);
    await speak(streams[0], [1]);
    rows.value = [row(1, { name: "x" }), row(2, { name: "x" })];
    await look();
    await wait(299);
    expect(streams).toHaveLength(1);
    await wait(1);
    expect([last()?.pids, open().length, feed.value]).toEqual([[1, 2], 2, "own"]);
    await speak(streams[0], [1]);
    expect(shown()).toBe(2);
    await speak(streams[1], [2]);
    expect([open(), shown()]).toEqual([[streams[1]], 3]);
    // Others before that one has begun: it is not waited for.
    rows.value = [...rows.value, row(3, { name: "x" })];
    await look();
    await wait(300);
    rows.value = [...rows.value, row(4, { name: "x" })];
    await look();
    await wait(300);
    expect([open(), last()?.pids]).toEqual([[streams[1], streams[3]], [1, 2, 3, 4]]);
    await speak(streams[3]);
    expect(open()).toEqual([streams[3]]);
    // Who is found no more is not asked for; nor is anything asked for while the same are found.
    await look();
    await wait(1_000);
    expect(streams).toHaveLength(4);
  });

  it("is another one at once where the filter is, though the same processes are found", async () => {
    rows.value = [row(1, { name: "x" })];
    filter.value = finding("x");
    await wait(300);
    await speak(streams[0]);
    filter.value = { ...all, finds: ({ pid }) => pid === 1 };
    await wait(0);
    expect([feed.value, open().length]).toEqual(["soon", 0]);
    await wait(300);
    await speak(streams[1]);
    expect(feed.value).toBe("own");
  });

  it("cannot be asked for of too many, nor of nobody", async () => {
    filter.value = finding("x");
    await wait(300);
    expect([feed.value, streams.length]).toEqual(["nobody", 0]);
    rows.value = Array.from({ length: 1_001 }, (_, pid) => row(pid + 1, { name: "x" }));
    await look();
    await wait(300);
    expect([feed.value, streams.length]).toEqual(["many", 0]);
    rows.value = rows.value.slice(1);
    await look();
    await wait(300);
    expect(last()?.pids).toHaveLength(1_000);
  });

  it("comes from the sample while its stream is broken, and by itself again when that is there", async () => {
    filter.value = { ...all, only: "1:1" };
    await wait(300);
    await speak(streams[0]);
    streams[0]?.say(new ConnectError("away", Code.Unavailable));
    await wait(0);
    expect(feed.value).toBe("soon");
    log.add(events({ events: [event({ pid: 1 })] }), 5_000);
    expect(shown()).toBe(1);
    await wait(500);
    expect(streams).toHaveLength(2);
    await speak(streams[1]);
    expect(feed.value).toBe("own");
  });

  it("rests while the page has no stream at all", async () => {
    filter.value = { ...all, failed: true };
    await wait(300);
    await speak(streams[0]);
    phase.value = { name: "hidden" };
    await wait(0);
    expect([feed.value, open().length]).toEqual(["soon", 0]);
    await wait(10_000);
    expect(streams).toHaveLength(1);
    phase.value = { name: "open" };
    await wait(300);
    expect(streams).toHaveLength(2);
  });
});
