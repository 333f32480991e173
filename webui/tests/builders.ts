// SPDX-License-Identifier: Apache-2.0

import { type MessageInitShape, create } from "@bufbuild/protobuf";
import { GetProcessCallsResponseSchema } from "@/gen/memmon/v1/calls_pb";
import { type Event, EventKind, EventSchema } from "@/gen/memmon/v1/event_pb";
import {
  type StreamEventsResponse,
  StreamEventsResponseSchema,
  type StreamProcessesResponse,
  StreamProcessesResponseSchema,
} from "@/gen/memmon/v1/memmon_pb";
import type { ProcessRow } from "@/domain/process";
import { type ProcessCalls, toProcessCalls } from "@/domain/processCalls";

export function row(pid: number, what: Partial<ProcessRow> = {}): ProcessRow {
  return {
    key: `${pid}:1`,
    pid,
    startNs: 1n,
    parentPid: 0,
    name: `p${pid}`,
    commandLine: "",
    uid: 0,
    userName: "",
    cgroupId: 0n,
    container: "",
    mmId: 0n,
    held: 0n,
    virtualSize: 0n,
    resident: 0n,
    requested: 0n,
    mmapCount: 0n,
    munmapCount: 0n,
    failedCount: 0n,
    noMemoryCount: 0n,
    noMemoryLargest: 0n,
    startMs: undefined,
    endMs: undefined,
    ended: false,
    uncertain: false,
    anew: false,
    ...what,
  };
}

export function event(what: MessageInitShape<typeof EventSchema> = {}): Event {
  return create(EventSchema, { kind: EventKind.MMAP, pid: 1, processName: "p", ...what });
}

export function events(what: MessageInitShape<typeof StreamEventsResponseSchema>): StreamEventsResponse {
  return create(StreamEventsResponseSchema, what);
}

export function processes(what: MessageInitShape<typeof StreamProcessesResponseSchema>): StreamProcessesResponse {
  return create(StreamProcessesResponseSchema, what);
}

export function calls(what: MessageInitShape<typeof GetProcessCallsResponseSchema> = {}): ProcessCalls {
  return toProcessCalls(create(GetProcessCallsResponseSchema, what));
}
