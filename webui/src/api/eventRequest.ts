// SPDX-License-Identifier: Apache-2.0
//
// How the page asks for events: what of them it uses, how soon, and how many it can show.

import type { MessageInitShape } from "@bufbuild/protobuf";
import type { StreamEventsRequestSchema } from "@/gen/memmon/v1/memmon_pb";

/** What this page uses of an event: a fifth of the bytes is left out. */
const fields = [
  ...["kind", "event_time", "pid", "start_ns", "process_name", "address", "length_bytes", "prot", "map_flags", "result"],
  "virtual_size_bytes",
];

/** Few events wait so long for company: each message costs more than what is in it. Many fill one sooner. */
const delayNanos = 25_000_000;

/** Of each kind; more than anybody reads. Nothing is counted from what comes. */
export const maxPerSecond = 500;

export const eventRequest = {
  maxDelay: { seconds: 0n, nanos: delayNanos },
  fieldMask: { paths: fields },
  maxPerSecond,
} satisfies MessageInitShape<typeof StreamEventsRequestSchema>;
