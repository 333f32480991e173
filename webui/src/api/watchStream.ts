// SPDX-License-Identifier: Apache-2.0
//
// The call Watch, whose events and processes are many and are decoded by hand. An answer is asked for as an Empty:
// what that does not know it keeps as it came, and each part is decoded here as suits it.

import { type Message, create, fromBinary } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import { EmptySchema } from "@bufbuild/protobuf/wkt";
import { type CallOptions, type Client, type Transport, createClient } from "@connectrpc/connect";
import {
  GetStatusResponseSchema,
  MemoryMonitor,
  type WatchResponse,
  WatchResponseSchema,
} from "@/gen/memmon/v1/memmon_pb";
import { decodeEvents } from "./eventDecoder";
import { decodeProcesses } from "./processDecoder";

export type WatchRequestInit = Parameters<Client<typeof MemoryMonitor>["watch"]>[0];

const rawWatch = { ...MemoryMonitor.method.watch, output: EmptySchema };
const rawService = { ...MemoryMonitor, method: { watch: rawWatch }, methods: [rawWatch] };

/** By the numbers of WatchResponse's parts; nothing where it is a part of a younger memmond. */
function toItem(no: number, bytes: Uint8Array): WatchResponse["item"] {
  switch (no) {
    case WatchResponseSchema.field.events.number:
      return { case: "events", value: decodeEvents(bytes) };
    case WatchResponseSchema.field.processes.number:
      return { case: "processes", value: decodeProcesses(bytes) };
    case WatchResponseSchema.field.status.number:
      return { case: "status", value: fromBinary(GetStatusResponseSchema, bytes) };
    default:
      return { case: undefined };
  }
}

export function decodeWatch({ $unknown = [] }: Message): WatchResponse {
  const [part] = $unknown.slice(-1);
  // The length stands before the bytes.
  const item = part === undefined ? { case: undefined } : toItem(part.no, new BinaryReader(part.data).bytes());
  return create(WatchResponseSchema, { item });
}

export function createWatch(transport: Transport): (request: WatchRequestInit, options?: CallOptions) => AsyncIterable<WatchResponse> {
  const client = createClient(rawService, transport);
  return async function* (request, options) {
    for await (const answer of client.watch(request, options)) yield decodeWatch(answer);
  };
}
