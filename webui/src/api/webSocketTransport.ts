// SPDX-License-Identifier: Apache-2.0
//
// Streams over WebSockets. A browser opens six connections of HTTP/1.1 to a host, for all of its tabs
// together: with a stream a tab, the seventh would stand still. Of WebSockets it opens hundreds.
// What is spoken is grpc-websockets: the headers, the request after a byte 0, a lone 1; what comes
// back are the frames of gRPC-Web, the first of which holds the headers.

import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Interceptor, Transport } from "@connectrpc/connect";
import { Code, ConnectError, createContextValues } from "@connectrpc/connect";
import {
  type EnvelopedMessage,
  createAsyncIterable,
  createClientMethodSerializers,
  createMethodUrl,
  encodeEnvelope,
  runStreamingCall,
} from "@connectrpc/connect/protocol";
import { requestHeader, trailerFlag, trailerParse, validateTrailer } from "@connectrpc/connect/protocol-grpc-web";
import { FrameSplitter } from "./frameSplitter";

export interface WebSocketTransportOptions {
  readonly baseUrl: string;
  readonly interceptors: Interceptor[];
  /** Opens a WebSocket; for tests. */
  readonly open?: (url: string, protocol: string) => WebSocket;
  /** How long the upgrade may take before it is done without. */
  readonly openMs?: number;
}

const protocol = "grpc-websockets";
const dataMark = 0;
const endMark = 1;
/**
 * An upgrade is three or four round trips: half a second on a slow line, one more where a packet was
 * lost. A proxy that has not answered by then swallows it, and the page shows nothing meanwhile.
 */
const defaultOpenMs = 3_000;

function openBySelf(url: string, wanted: string): WebSocket {
  return new WebSocket(url, wanted);
}

/** A WebSocket that is open, or nothing where none can be had; the browser does not tell why. */
function whenOpen(socket: WebSocket, limitMs: number, signal: AbortSignal): Promise<WebSocket | undefined> {
  return new Promise((resolve, reject) => {
    const give = (result: WebSocket | undefined) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      resolve(result);
      if (result === undefined) socket.close();
    };
    const abort = () => {
      reject(signal.reason);
      give(undefined);
    };
    const timer = setTimeout(() => give(undefined), limitMs);
    signal.addEventListener("abort", abort);
    socket.onopen = () => give(socket);
    socket.onclose = () => give(undefined);
    if (signal.aborted) abort();
  });
}

/** The frames that come; an end without a word is not told from a good one. */
function framesOf(socket: WebSocket, signal: AbortSignal): ReadableStream<EnvelopedMessage> {
  return new ReadableStream({
    start(controller) {
      const splitter = new FrameSplitter();
      const abort = () => {
        socket.onmessage = null;
        socket.onclose = null;
        socket.close();
        controller.error(signal.reason);
      };
      socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => splitter.add(new Uint8Array(data)).forEach((frame) => controller.enqueue(frame));
      socket.onclose = () => {
        signal.removeEventListener("abort", abort);
        controller.close();
      };
      signal.addEventListener("abort", abort);
    },
  });
}

function headerLines(header: Headers): Uint8Array {
  return new TextEncoder().encode([...header].map(([key, value]) => `${key}: ${value}\r\n`).join(""));
}

function marked(bytes: Uint8Array): Uint8Array {
  const message = new Uint8Array(1 + bytes.length);
  message[0] = dataMark;
  message.set(bytes, 1);
  return message;
}

/** The cause says that these are not memmond's words. */
const brokenOff = () => new ConnectError("the stream broke off", Code.Unavailable, undefined, undefined, "broken off");

/** The messages until the trailers, which are added to `trailer`; an error where these tell one. */
async function* messagesOf<T>(frames: ReadableStreamDefaultReader<EnvelopedMessage>, parse: (bytes: Uint8Array) => T, header: Headers, trailer: Headers) {
  for (;;) {
    const { done, value } = await frames.read();
    if (done) throw brokenOff();
    if (value.flags === trailerFlag) {
      const parsed = trailerParse(value.data);
      validateTrailer(parsed, header);
      parsed.forEach((text, key) => trailer.set(key, text));
      return;
    }
    yield parse(value.data);
  }
}

/** Streams go over WebSockets; where none can be had, and for all that is no stream, `other` is asked. */
export function overWebSockets(other: Transport, options: WebSocketTransportOptions): Transport {
  const { baseUrl, interceptors, open = openBySelf, openMs = defaultOpenMs } = options;
  return {
    unary: (...call) => other.unary(...call),
    async stream(method, signal, timeoutMs, header, input, contextValues) {
      const { serialize, parse } = createClientMethodSerializers(method, true);
      // A call takes what it is given, also where it comes to nothing.
      const requests: MessageInitShape<typeof method.input>[] = [];
      for await (const message of input) requests.push(message);
      let refused = false;
      const call = runStreamingCall({
        interceptors,
        signal,
        timeoutMs,
        req: {
          stream: true,
          service: method.parent,
          method,
          requestMethod: "GET",
          url: createMethodUrl(baseUrl, method),
          header: requestHeader(true, timeoutMs, header, false),
          contextValues: contextValues ?? createContextValues(),
          message: createAsyncIterable(requests),
        },
        next: async (request) => {
          const socket = await whenOpen(open(request.url.replace(/^http/, "ws"), protocol), openMs, request.signal);
          if (socket === undefined) {
            refused = true;
            throw new ConnectError("no WebSocket can be had", Code.Unavailable);
          }
          socket.binaryType = "arraybuffer";
          const frames = framesOf(socket, request.signal).getReader();
          socket.send(headerLines(request.header));
          for await (const message of request.message) socket.send(marked(encodeEnvelope(0, serialize(message))));
          socket.send(Uint8Array.of(endMark));
          const { done, value } = await frames.read();
          if (done || value.flags !== trailerFlag) throw brokenOff();
          const answered = trailerParse(value.data);
          // A call that is refused has trailers alone.
          if (answered.has("grpc-status")) validateTrailer(answered, new Headers());
          const trailer = new Headers();
          return { ...request, header: answered, trailer, message: messagesOf(frames, parse, answered, trailer) };
        },
      });
      return call.catch((error: unknown) => {
        if (!refused) throw error;
        return other.stream(method, signal, timeoutMs, header, createAsyncIterable(requests), contextValues);
      });
    },
  };
}
