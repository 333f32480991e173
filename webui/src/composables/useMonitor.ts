// SPDX-License-Identifier: Apache-2.0
//
// Everything the page knows of the host, kept up to date by one stream: made once by the view and
// handed down. Big arrays are shallow, and are replaced a few times a second whatever the traffic.

import { type InjectionKey, type ShallowRef, inject, onScopeDispose, provide, shallowRef } from "vue";
import type { GetStatusResponse, HostTotals, WatchResponse } from "@/gen/memmon/v1/memmon_pb";
import type { Api } from "@/api/client";
import { WatchSession } from "@/api/watchSession";
import type { Phase } from "@/domain/connection";
import { EventLog } from "@/domain/eventLog";
import type { ProcessRow } from "@/domain/process";
import { type Applied, ProcessModel } from "@/domain/processModel";
import { RateMeter } from "@/domain/rate";
import { createThrottle } from "@/domain/throttle";

/** Quick enough to be live, slow enough to be read; the bound is ten a second. */
const redrawMs = 200;
const processIntervalNanos = 200_000_000;

export interface Monitor {
  readonly phase: Readonly<ShallowRef<Phase>>;
  readonly lastMessageMs: Readonly<ShallowRef<number | undefined>>;
  readonly rows: Readonly<ShallowRef<readonly ProcessRow[]>>;
  readonly totals: Readonly<ShallowRef<HostTotals | undefined>>;
  readonly status: Readonly<ShallowRef<GetStatusResponse | undefined>>;
  /** Events that were not sent to this page. */
  readonly missingCount: Readonly<ShallowRef<bigint>>;
  /** Another number whenever the log has changed. */
  readonly logVersion: Readonly<ShallowRef<number>>;
  readonly log: EventLog;
  readonly eventsPerSecond: (nowMs: number) => number;
  readonly retryNow: () => void;
}

const monitorKey: InjectionKey<Monitor> = Symbol("monitor");

export function provideMonitor(api: Api): Monitor {
  const model = new ProcessModel();
  const log = new EventLog();
  const rate = new RateMeter();

  const phase = shallowRef<Phase>({ name: "connecting", attempt: 0 });
  const lastMessageMs = shallowRef<number>();
  const rows = shallowRef<readonly ProcessRow[]>([]);
  const totals = shallowRef<HostTotals>();
  const status = shallowRef<GetStatusResponse>();
  const missingCount = shallowRef(0n);
  const logVersion = shallowRef(0);

  let processesChanged = false;
  let logChanged = false;
  const redraw = createThrottle(() => {
    if (processesChanged) rows.value = model.rows();
    if (logChanged) logVersion.value++;
    processesChanged = logChanged = false;
    totals.value = model.totals ?? status.value?.totals;
    missingCount.value = log.missingCount;
  }, redrawMs);

  function take(message: WatchResponse): Applied {
    const nowMs = Date.now();
    lastMessageMs.value = nowMs;
    switch (message.item.case) {
      case "processes": {
        const update = message.item.value;
        if (model.apply(update) === "resubscribe") return "resubscribe";
        if (update.totals !== undefined) rate.add(nowMs, update.totals.eventCount);
        processesChanged = true;
        break;
      }
      case "events":
        log.add(message.item.value, nowMs);
        logChanged = true;
        break;
      case "status":
        status.value = message.item.value;
        break;
      default:
        return "applied";
    }
    redraw.request();
    return "applied";
  }

  const session = new WatchSession({
    open: (signal) =>
      api.watch(
        { events: {}, processes: { minInterval: { seconds: 0n, nanos: processIntervalNanos } }, status: true },
        { signal },
      ),
    onPhase: (next) => (phase.value = next),
    onOpen(resumed) {
      model.expectSnapshot();
      if (!resumed) return;
      log.addGap("disconnected", 0n, "", Date.now());
      logChanged = true;
    },
    onMessage: take,
  });

  const watchVisibility = () => session.setVisible(!document.hidden);
  const watchNetwork = () => session.retryNow();
  document.addEventListener("visibilitychange", watchVisibility);
  window.addEventListener("online", watchNetwork);
  session.setVisible(!document.hidden);
  session.start();

  onScopeDispose(() => {
    document.removeEventListener("visibilitychange", watchVisibility);
    window.removeEventListener("online", watchNetwork);
    session.stop();
    redraw.stop();
  });

  const monitor: Monitor = {
    phase,
    lastMessageMs,
    rows,
    totals,
    status,
    missingCount,
    logVersion,
    log,
    eventsPerSecond: (nowMs) => rate.perSecond(nowMs),
    retryNow: () => session.retryNow(),
  };
  provide(monitorKey, monitor);
  return monitor;
}

export function useMonitor(): Monitor {
  const monitor = inject(monitorKey);
  if (monitor === undefined) throw new Error("useMonitor needs provideMonitor above it");
  return monitor;
}
