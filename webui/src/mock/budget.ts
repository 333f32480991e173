// SPDX-License-Identifier: Apache-2.0
//
// As memmond leaves out events of which more come than a client asked for.

import { type Event, EventKind, EventOutcome } from "@/gen/memmon/v1/event_pb";
import type { StreamEventsRequest } from "@/gen/memmon/v1/memmon_pb";
import { errorNumber } from "@/domain/errno";
import { isCall } from "@/domain/kinds";

/** What of the events a client gets, and how many of each kind it does not. */
export class EventBudget {
  private readonly room = new Map<string, number>();

  constructor(private readonly request: Pick<StreamEventsRequest, "filter" | "maxPerSecond"> | undefined) {}

  /** `seconds` since the last time. */
  take(events: readonly Event[], seconds: number): { events: Event[]; leftOut: { kind: EventKind; count: bigint }[] } {
    const most = this.request?.maxPerSecond ?? 0;
    for (const [what, room] of this.room) this.room.set(what, Math.min(most, room + most * seconds));
    const leftOut = new Map<EventKind, bigint>();
    const taken = events.filter((event) => {
      if (!this.wants(event)) return false;
      if (most === 0 || event.kind === EventKind.LOST) return true;
      const what = `${event.kind} ${hasFailed(event)}`;
      const room = this.room.get(what) ?? most;
      this.room.set(what, room >= 1 ? room - 1 : room);
      if (room < 1) leftOut.set(event.kind, (leftOut.get(event.kind) ?? 0n) + 1n);
      return room >= 1;
    });
    return { events: taken, leftOut: [...leftOut].map(([kind, count]) => ({ kind, count })) };
  }

  private wants(event: Event): boolean {
    const filter = this.request?.filter;
    if (filter === undefined) return true;
    if (filter.pids.length > 0 && !filter.pids.includes(event.pid)) return false;
    if (filter.outcome === EventOutcome.FAILED && !hasFailed(event)) return false;
    return event.lengthBytes >= filter.minLengthBytes;
  }
}

function hasFailed({ kind, result }: Event): boolean {
  return isCall(kind) && errorNumber(result) !== undefined;
}
