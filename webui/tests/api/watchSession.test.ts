// SPDX-License-Identifier: Apache-2.0

import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { WatchResponseSchema, type WatchResponse } from "@/gen/memmon/v1/memmon_pb";
import { WatchSession } from "@/api/watchSession";
import type { Phase } from "@/domain/connection";
import type { Applied } from "@/domain/processModel";

/** A stream that the test feeds by hand. */
class FakeStream {
  private readonly waiting: ((step: IteratorResult<WatchResponse> | Error) => void)[] = [];
  private readonly steps: (IteratorResult<WatchResponse> | Error)[] = [];

  constructor(readonly signal: AbortSignal) {
    signal.addEventListener("abort", () => this.put(new ConnectError("aborted", Code.Canceled)));
  }

  say(): void {
    this.put({ done: false, value: create(WatchResponseSchema) });
  }

  end(): void {
    this.put({ done: true, value: undefined });
  }

  fail(): void {
    this.put(new ConnectError("connection refused", Code.Unavailable));
  }

  /** As the browser's fetch does. */
  breakOff(): void {
    this.put(ConnectError.from(new TypeError("Failed to fetch")));
  }

  refuse(code: Code): void {
    this.put(new ConnectError("no", code));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<WatchResponse> {
    for (;;) {
      const step = this.steps.shift() ?? (await new Promise<IteratorResult<WatchResponse> | Error>((resolve) => this.waiting.push(resolve)));
      if (step instanceof Error) throw step;
      if (step.done === true) return;
      yield step.value;
    }
  }

  private put(step: IteratorResult<WatchResponse> | Error): void {
    const resolve = this.waiting.shift();
    if (resolve === undefined) this.steps.push(step);
    else resolve(step);
  }
}

describe("WatchSession", () => {
  let streams: FakeStream[];
  let phases: Phase[];
  let opened: boolean[];
  let answer: Applied;
  let session: WatchSession;

  const settle = () => vi.advanceTimersByTimeAsync(0);
  const last = () => phases.at(-1)?.name;
  const stream = (i: number) => streams[i] as FakeStream;

  beforeEach(() => {
    vi.useFakeTimers();
    streams = [];
    phases = [];
    opened = [];
    answer = "applied";
    session = new WatchSession({
      open: (signal) => {
        const next = new FakeStream(signal);
        streams.push(next);
        return next;
      },
      onPhase: (phase) => phases.push(phase),
      onOpen: (resumed) => opened.push(resumed),
      onMessage: () => answer,
      backoff: { firstMs: 1_000, maxMs: 4_000, jitter: 0 },
      silenceMs: 15_000,
    });
  });
  afterEach(() => {
    session.stop();
    vi.useRealTimers();
  });

  it("opens one stream, and is open with its first message", async () => {
    session.start();
    session.start();
    expect(streams).toHaveLength(1);
    expect(last()).toBe("connecting");
    stream(0).say();
    await settle();
    expect(last()).toBe("open");
    expect(opened).toEqual([false]);
  });

  it("comes back by itself, ever more slowly, and at once again after a success", async () => {
    session.start();
    for (const [i, wait] of [1_000, 2_000, 4_000, 4_000].entries()) {
      stream(i).fail();
      await settle();
      expect(phases.at(-1)).toMatchObject({ name: "waiting", attempt: i + 1, retryAtMs: Date.now() + wait, reason: { kind: "error", words: "connection refused" } });
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(streams).toHaveLength(i + 1);
      await vi.advanceTimersByTimeAsync(1);
      expect(streams).toHaveLength(i + 2);
    }
    stream(4).say();
    await settle();
    expect(last()).toBe("open");
    stream(4).end();
    await settle();
    expect(phases.at(-1)).toMatchObject({ name: "waiting", attempt: 1 });
    await vi.advanceTimersByTimeAsync(1_000);
    stream(5).say();
    await settle();
    expect(opened).toEqual([false, true]);
  });

  it("subscribes anew where the changes do not fit", async () => {
    session.start();
    stream(0).say();
    await settle();
    answer = "resubscribe";
    stream(0).say();
    await settle();
    expect(stream(0).signal.aborted).toBe(true);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(streams).toHaveLength(2);
  });

  it("slows down when a service never says anything that fits", async () => {
    answer = "resubscribe";
    session.start();
    stream(0).say();
    await settle();
    expect(phases.at(-1)).toMatchObject({ name: "waiting", attempt: 1 });
    await vi.advanceTimersByTimeAsync(1_000);
    stream(1).say();
    await settle();
    expect(phases.at(-1)).toMatchObject({ name: "waiting", attempt: 2 });
  });

  it("gives a silent stream up", async () => {
    session.start();
    stream(0).say();
    await vi.advanceTimersByTimeAsync(14_999);
    expect(last()).toBe("open");
    await vi.advanceTimersByTimeAsync(1);
    expect(last()).toBe("waiting");
    expect(stream(0).signal.aborted).toBe(true);
  });

  it("holds no stream while the page is hidden", async () => {
    session.start();
    stream(0).say();
    await settle();
    session.setVisible(false);
    await settle();
    expect(stream(0).signal.aborted).toBe(true);
    expect(last()).toBe("hidden");
    await vi.advanceTimersByTimeAsync(600_000);
    expect(streams).toHaveLength(1);
    session.setVisible(true);
    stream(1).say();
    await settle();
    expect(last()).toBe("open");
    expect(opened).toEqual([false, true]);
  });

  it("does not wait when somebody says so", async () => {
    session.start();
    stream(0).fail();
    await settle();
    session.retryNow();
    expect(streams).toHaveLength(2);
    session.retryNow();
    expect(streams).toHaveLength(2);
  });

  it.each([
    [Code.Unimplemented, "old"],
    [Code.PermissionDenied, "forbidden"],
  ])("says why it is refused (%s), and asks now and then, without a word, whether that has changed", async (code, refusal) => {
    session.start();
    stream(0).refuse(code);
    await settle();
    expect(phases.at(-1)).toEqual({ name: "refused", refusal, words: "no" });
    const told = phases.length;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(streams).toHaveLength(2);
    expect(phases).toHaveLength(told);
    stream(1).refuse(code);
    await settle();
    expect(phases.at(-1)).toEqual({ name: "refused", refusal, words: "no" });
    await vi.advanceTimersByTimeAsync(20_000);
    stream(2).say();
    await settle();
    expect(last()).toBe("open");
  });

  it("waits for a token, and says each time that it is wrong", async () => {
    session.start();
    stream(0).refuse(Code.Unauthenticated);
    await settle();
    expect(phases.at(-1)).toMatchObject({ name: "refused", refusal: "token" });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(streams).toHaveLength(1);
    session.retryNow();
    stream(1).refuse(Code.Unauthenticated);
    await settle();
    expect(phases.slice(-2)).toMatchObject([{ name: "connecting", attempt: 1 }, { name: "refused", refusal: "token" }]);
    session.retryNow();
    stream(2).say();
    await settle();
    expect(last()).toBe("open");
  });

  it("does not take the browser's words for memmond's", async () => {
    session.start();
    stream(0).breakOff();
    await settle();
    expect(phases.at(-1)).toMatchObject({ name: "waiting", reason: { kind: "unreachable", words: "" } });
    session.retryNow();
    stream(1).say();
    stream(1).breakOff();
    await settle();
    expect(phases.at(-1)).toMatchObject({ name: "waiting", reason: { kind: "broken", words: "" } });
  });

  it("does not try while it is hidden, whoever asks", async () => {
    session.start();
    session.setVisible(false);
    session.retryNow();
    expect(streams).toHaveLength(1);
    expect(last()).toBe("hidden");
  });

  it("is still once stopped", async () => {
    session.start();
    stream(0).fail();
    await settle();
    session.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(streams).toHaveLength(1);
  });
});
