// SPDX-License-Identifier: Apache-2.0
//
// A stream of its own for what the log is filtered to: of all events a busy host's page gets a sample
// alone, of these all that pass. Until it is there, and where it cannot be, the log makes do with the sample.

import { type Ref, type ShallowRef, onScopeDispose, shallowRef, watch } from "vue";
import { eventRequest } from "@/api/eventRequest";
import { WatchSession } from "@/api/watchSession";
import { type LogFilter, type StoredFilter, askedFilter, passesAll } from "@/domain/logFilter";
import { useApi } from "./useApi";
import { useMonitor } from "./useMonitor";

/** Processes come and go: one stream is opened for all that do so within this time. */
const settleMs = 300;

export type Feed =
  /** Nothing is filtered. */
  | "all"
  /** What passes comes by itself. */
  | "own"
  /** It will in a moment, or when memmond is there again. */
  | "soon"
  /** More processes are searched for than can be asked for; or none that is known. */
  | "many"
  | "nobody";

export function useFilteredEvents(filter: Readonly<Ref<LogFilter>>): Readonly<ShallowRef<Feed>> {
  const api = useApi();
  const { log, rows, historyVersion, phase, takeChosen } = useMonitor();
  const feed = shallowRef<Feed>("all");
  /** What is shown of now, and what is to take its place. */
  let current: WatchSession | undefined;
  let next: WatchSession | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function leave(why: Feed): void {
    for (const session of [current, next]) session?.stop();
    current = next = undefined;
    log.follow(undefined, Date.now());
    feed.value = why;
  }

  /** The one before goes on until this one has begun, so that nothing falls between them. */
  function ask(asked: StoredFilter): void {
    const pids = new Set(asked.pids);
    next?.stop();
    const session = (next = new WatchSession({
      open: (signal) => api.watch({ events: { ...eventRequest, filter: asked }, status: true }, { signal }),
      onPhase({ name }) {
        if (session !== current || name === "open") return;
        log.follow(undefined, Date.now());
        feed.value = "soon";
      },
      onOpen() {
        if (session !== current) {
          current?.stop();
          current = session;
          next = undefined;
        }
        log.follow((event) => pids.size === 0 || pids.has(event.pid), Date.now());
        feed.value = "own";
      },
      onMessage({ item }) {
        if (item.case === "events") takeChosen(item.value);
        return "applied";
      },
    }));
    session.start();
  }

  /** What is to be asked for, as text, or why nothing is. */
  function wantedNow(): string {
    if (passesAll(filter.value)) return "all";
    if (phase.value.name !== "open") return "soon";
    const asked = askedFilter(filter.value, () => rows.value);
    if (typeof asked === "string") return asked;
    return [asked.outcome, asked.minLengthBytes, ...[...asked.pids].sort()].join(" ");
  }

  let wanted = "";
  function look(): void {
    const now = wantedNow();
    if (now === wanted) return;
    wanted = now;
    clearTimeout(timer);
    if (now === "all" || now === "soon" || now === "many" || now === "nobody") return leave(now);
    timer = setTimeout(() => {
      const asked = askedFilter(filter.value, () => rows.value);
      if (typeof asked !== "string") ask(asked);
    }, settleMs);
  }

  watch(
    filter,
    () => {
      // What comes for the filter before may not pass this one, and not all that passes comes.
      leave("soon");
      wanted = "";
      look();
    },
    { immediate: true },
  );
  watch(() => phase.value.name === "open", look);
  // A search goes through all processes: not with each change of one.
  watch(historyVersion, () => {
    if (filter.value.finds !== undefined) look();
  });
  onScopeDispose(() => {
    clearTimeout(timer);
    leave("all");
  });
  return feed;
}
