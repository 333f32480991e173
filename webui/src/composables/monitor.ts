// SPDX-License-Identifier: Apache-2.0
//
// What the page knows of the host, for those who show it.

import type { ShallowRef } from "vue";
import type { Phase } from "@/domain/connection";
import type { EventLog } from "@/domain/eventLog";
import type { Gap } from "@/domain/gapWatch";
import type { ProcessWatch } from "@/domain/history";
import type { Measure, Pie } from "@/domain/pie";
import type { ProcessRow } from "@/domain/process";
import type { Unseen } from "@/domain/sight";
import type { GetStatusResponse, StreamEventsResponse } from "@/gen/memmon/v1/memmon_pb";
import type { HostTotals } from "@/gen/memmon/v1/process_pb";

export interface Monitor {
  readonly phase: Readonly<ShallowRef<Phase>>;
  readonly lastMessageMs: Readonly<ShallowRef<number | undefined>>;
  /** Those that the service tells, and those that are kept although it has forgotten them. */
  readonly rows: Readonly<ShallowRef<readonly ProcessRow[]>>;
  /** Whether the service has told its processes at all: until then none is unknown. */
  readonly told: Readonly<ShallowRef<boolean>>;
  /** One of the rows. Whoever shows it depends on `rows`, too. */
  readonly rowOf: (key: string) => ProcessRow | undefined;
  /** Keeps these when the service forgets them; what `owner` kept before is let go. */
  readonly keep: (owner: string, keys: readonly string[]) => void;
  readonly history: ProcessWatch;
  /** Whether the latest look was the first at a process that had been there: what it has done may be long ago. */
  readonly isJustMet: (key: string) => boolean;
  /** mmap, munmap and failed calls of all processes that this page has seen, of this capture. */
  readonly callsSeen: () => bigint;
  /** When the page first looked. */
  readonly sinceMs: () => number | undefined;
  /** The shares of those that asked for most. Whoever shows it depends on `rows`, too. */
  readonly pieBy: (measure: Measure) => Pie;
  /** Another number once a second, when the history has grown. */
  readonly historyVersion: Readonly<ShallowRef<number>>;
  readonly totals: Readonly<ShallowRef<HostTotals | undefined>>;
  readonly status: Readonly<ShallowRef<GetStatusResponse | undefined>>;
  /** Events that were not sent to this page. */
  readonly missingCount: Readonly<ShallowRef<bigint>>;
  /** Another number whenever the log has changed. */
  readonly logVersion: Readonly<ShallowRef<number>>;
  readonly log: EventLog;
  /** What another stream brought of what the log is filtered to. */
  readonly takeChosen: (message: StreamEventsResponse) => void;
  /** What this page was not told since it was opened; undefined where it was told all. */
  readonly unseen: Readonly<ShallowRef<Unseen | undefined>>;
  /** Records and events that are missing, and when that was seen. */
  readonly gap: Readonly<ShallowRef<Gap | undefined>>;
  /** Part of a processor that memmond takes. */
  readonly serviceLoad: Readonly<ShallowRef<number | undefined>>;
  readonly requestsPerSecond: () => number | undefined;
  readonly bytesPerSecond: () => number | undefined;
  readonly retryNow: () => void;
  /** Goes on while the page is hidden, for somebody who wants to be told. Else a hidden page rests. */
  readonly stayAwake: (on: boolean) => void;
}
