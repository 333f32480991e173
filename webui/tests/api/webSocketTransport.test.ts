// SPDX-License-Identifier: Apache-2.0

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, type Transport, createClient } from "@connectrpc/connect";
import { encodeEnvelope } from "@connectrpc/connect/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MemoryMonitor, WatchRequestSchema, WatchResponseSchema } from "@/gen/memmon/v1/memmon_pb";
import { authorize } from "@/api/token";
import { overWebSockets } from "@/api/webSocketTransport";
import { isUnanswered } from "@/domain/failure";

/** The browser's side of a WebSocket, whose server is the test. */
class FakeSocket {
  readonly said: Uint8Array[] = [];
  binaryType = "blob";
  closed = false;
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;

  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {}

  send(bytes: Uint8Array): void {
    this.said.push(bytes);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    queueMicrotask(() => this.onclose?.());
  }

  hear(bytes: Uint8Array): void {
    this.onmessage?.({ data: Uint8Array.from(bytes).buffer });
  }

  /** Everything that the client had to say has been said. */
  async asked(): Promise<void> {
    await vi.waitFor(() => expect(this.said.at(-1)).toEqual(Uint8Array.of(1)));
  }
}

const trailers = (text: string) => encodeEnvelope(0x80, new TextEncoder().encode(text));
const header = trailers("content-type: application/grpc-web+proto\r\n");
const answer = create(WatchResponseSchema, { item: { case: "status", value: { service: { version: "1" } } } });
const message = encodeEnvelope(0, toBinary(WatchResponseSchema, answer));

describe("streams over WebSockets", () => {
  let sockets: FakeSocket[];
  let other: { unary: ReturnType<typeof vi.fn>; stream: ReturnType<typeof vi.fn> };

  beforeEach(() => {
    sockets = [];
    other = { unary: vi.fn(), stream: vi.fn() };
  });
  afterEach(() => vi.useRealTimers());

  function transport(interceptors: Parameters<typeof overWebSockets>[1]["interceptors"] = []): Transport {
    return overWebSockets(other as unknown as Transport, {
      baseUrl: "http://127.0.0.1:8080",
      interceptors,
      openMs: 1_000,
      open: (url, protocol) => {
        const socket = new FakeSocket(url, protocol);
        sockets.push(socket);
        return socket as unknown as WebSocket;
      },
    });
  }
  function watch(signal?: AbortSignal, made = transport()) {
    return createClient(MemoryMonitor, made).watch({ status: true }, { signal })[Symbol.asyncIterator]();
  }
  async function socket(number = 0): Promise<FakeSocket> {
    await vi.waitFor(() => expect(sockets.length).toBeGreaterThan(number));
    return sockets[number] as FakeSocket;
  }

  it("say the headers, the request and the end, in this order", async () => {
    const next = watch().next();
    const opened = await socket();
    expect([opened.url, opened.protocol]).toEqual(["ws://127.0.0.1:8080/memmon.v1.MemoryMonitor/Watch", "grpc-websockets"]);
    expect(opened.said).toEqual([]);
    opened.onopen?.();
    await opened.asked();
    const [headers, request, end] = opened.said;
    expect(new TextDecoder().decode(headers)).toContain("content-type: application/grpc-web+proto\r\n");
    expect(request?.[0]).toBe(0);
    expect(fromBinary(WatchRequestSchema, request?.slice(6) ?? new Uint8Array()).status).toBe(true);
    expect(end).toEqual(Uint8Array.of(1));
    opened.hear(header);
    opened.hear(message);
    expect((await next).value?.item.value.service.version).toBe("1");
  });

  it("take frames in pieces, and end with their status", async () => {
    const stream = watch();
    const first = stream.next();
    const opened = await socket();
    opened.onopen?.();
    await opened.asked();
    for (const byte of [...header, ...message]) opened.hear(Uint8Array.of(byte));
    expect((await first).value?.item.case).toBe("status");
    opened.hear(trailers("grpc-status: 14\r\ngrpc-message: shutting down\r\n"));
    await expect(stream.next()).rejects.toMatchObject({ code: Code.Unavailable, rawMessage: "shutting down" });
  });

  it("end well where the service says so", async () => {
    const stream = watch();
    const first = stream.next();
    const opened = await socket();
    opened.onopen?.();
    await opened.asked();
    opened.hear(header);
    opened.hear(trailers("grpc-status: 0\r\n"));
    expect(await first).toMatchObject({ done: true });
  });

  it("that break off are no good end", async () => {
    const stream = watch();
    const first = stream.next();
    const opened = await socket();
    opened.onopen?.();
    await opened.asked();
    opened.hear(header);
    opened.hear(message);
    await first;
    opened.close();
    await expect(stream.next()).rejects.toSatisfy((error: ConnectError) => error.code === Code.Unavailable && isUnanswered(error));
    expect(other.stream).not.toHaveBeenCalled();
  });

  it("are closed when nobody wants them any more", async () => {
    const abort = new AbortController();
    const stream = watch(abort.signal);
    const first = stream.next();
    const opened = await socket();
    opened.onopen?.();
    await opened.asked();
    opened.hear(header);
    opened.hear(message);
    await first;
    const second = stream.next();
    abort.abort();
    await expect(second).rejects.toMatchObject({ code: Code.Canceled });
    expect(opened.closed).toBe(true);
  });

  it("are closed when nobody wants them before they are open", async () => {
    const abort = new AbortController();
    const first = watch(abort.signal).next();
    const opened = await socket();
    abort.abort();
    await expect(first).rejects.toMatchObject({ code: Code.Canceled });
    expect(opened.closed).toBe(true);
    expect(other.stream).not.toHaveBeenCalled();
  });

  it("go another way where the upgrade fails, with what they had to ask", async () => {
    const asked: boolean[] = [];
    other.stream.mockImplementation(async (_method, _signal, _timeout, _header, input) => {
      for await (const request of input) asked.push(request.status);
      return { stream: true, header: new Headers(), trailer: new Headers(), message: (async function* () { yield answer; })() };
    });
    const first = watch().next();
    (await socket()).close();
    expect((await first).value).toEqual(answer);
    expect(asked).toEqual([true]);
  });

  it("go another way where the upgrade is not answered in time", async () => {
    other.stream.mockRejectedValue(new ConnectError("down", Code.Unavailable));
    vi.useFakeTimers();
    const first = watch().next();
    const ended = expect(first).rejects.toMatchObject({ rawMessage: "down" });
    await vi.advanceTimersByTimeAsync(1_001);
    await ended;
    expect(sockets[0]?.closed).toBe(true);
    expect(other.stream).toHaveBeenCalledTimes(1);
  });

  it("are waited for three seconds, and no longer, where a proxy swallows the upgrade", async () => {
    other.stream.mockRejectedValue(new ConnectError("down", Code.Unavailable));
    vi.useFakeTimers();
    const swallowed = new FakeSocket("", "");
    const patient = overWebSockets(other as unknown as Transport, {
      baseUrl: "http://127.0.0.1:8080",
      interceptors: [],
      open: () => swallowed as unknown as WebSocket,
    });
    const ended = expect(watch(undefined, patient).next()).rejects.toMatchObject({ rawMessage: "down" });
    await vi.advanceTimersByTimeAsync(2_990);
    expect(other.stream).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(20);
    await ended;
    expect(swallowed.closed).toBe(true);
  });

  it("bring the token, and say where it is the wrong one", async () => {
    const storage = { getItem: () => "secret" };
    const first = watch(undefined, transport([authorize(storage as unknown as Storage)])).next();
    const refused = await socket();
    refused.onopen?.();
    await refused.asked();
    expect(new TextDecoder().decode(refused.said[0])).toContain("authorization: Bearer secret\r\n");
    refused.hear(trailers("grpc-status: 16\r\ngrpc-message: a token is needed\r\n"));
    await expect(first).rejects.toMatchObject({ code: Code.Unauthenticated, rawMessage: "a token is needed" });
    expect(other.stream).not.toHaveBeenCalled();
  });

  it("are no unary calls", async () => {
    other.unary.mockRejectedValue(new ConnectError("asked", Code.Unavailable));
    await expect(createClient(MemoryMonitor, transport()).getStatus({})).rejects.toMatchObject({ rawMessage: "asked" });
    expect(sockets).toEqual([]);
  });
});
