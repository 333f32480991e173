// SPDX-License-Identifier: Apache-2.0
//
// Stored events as entries of the log.

import { type Event, EventKind } from "@/gen/memmon/v1/event_pb";
import type { LogEntry } from "./eventLog";
import { timestampMs } from "./format";
import { groupOf } from "./kinds";
import type { EventTest } from "./logFilter";

/** undefined where it is of no kind that is shown, or is not `wanted`: the service knows process ids, which come round again. */
export function storedEntry(event: Event, id: number, wanted: EventTest | undefined): LogEntry | undefined {
  if (event.kind === EventKind.LOST) {
    const atMs = event.eventTime === undefined ? 0 : timestampMs(event.eventTime);
    return { type: "gap", id, cause: "lost", count: event.lostCount, reason: "", atMs };
  }
  if (groupOf(event.kind) === undefined || wanted?.(event) === false) return undefined;
  return { type: "event", id, event };
}
