// SPDX-License-Identifier: Apache-2.0
//
// The one seam between the page and the service. Tests and the development mock stand behind the
// same transport.

import { type CallOptions, type Client, type Interceptor, type Transport, createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { MemoryMonitor } from "@/gen/memmon/v1/memmon_pb";
import { createWatch } from "./watchStream";
import { overWebSockets } from "./webSocketTransport";

export type Api = Client<typeof MemoryMonitor>;
export type { CallOptions };

/** Longest that a question about the past may take. */
export const historyTimeoutMs = 30_000;

export function createApi(transport: Transport): Api {
  return { ...createClient(MemoryMonitor, transport), watch: createWatch(transport) };
}

/** gRPC-Web, binary, to the page's own origin; streams over WebSockets where these can be had. */
export function ownOriginTransport(interceptors: Interceptor[]): Transport {
  const baseUrl = window.location.origin;
  return overWebSockets(createGrpcWebTransport({ baseUrl, useBinaryFormat: true, interceptors }), { baseUrl, interceptors });
}
