// SPDX-License-Identifier: Apache-2.0
//
// Everything the page knows of the host, kept up to date by one stream: made once by the view and
// handed down. Big arrays are shallow, and are replaced a few times a second whatever the traffic.

import { type InjectionKey, inject, nextTick, onScopeDispose, provide, shallowRef } from "vue";
import type { GetStatusResponse, WatchResponse } from "@/gen/memmon/v1/memmon_pb";
import { SourceStatus_State as SourceState } from "@/gen/memmon/v1/status_pb";
import { type HostTotals } from "@/gen/memmon/v1/process_pb";
import type { Api } from "@/api/client";
import { eventRequest } from "@/api/eventRequest";
import { WatchSession } from "@/api/watchSession";
import { createSlicedWork } from "@/domain/bySlices";
import { type Phase, staleAfterMs } from "@/domain/connection";
import { EventLog } from "@/domain/eventLog";
import { timestampMs } from "@/domain/format";
import { type Gap, GapWatch } from "@/domain/gapWatch";
import { ProcessHistory } from "@/domain/history";
import { KeptProcesses } from "@/domain/kept";
import { knownWhile } from "@/domain/knownWhile";
import { computePie } from "@/domain/pie";
import type { ProcessRow } from "@/domain/process";
import { type Applied, ProcessModel } from "@/domain/processModel";
import { RateMeter } from "@/domain/rate";
import { Sight, type Unseen } from "@/domain/sight";
import { ServiceLoad } from "@/domain/serviceLoad";
import { steadyNow } from "@/domain/steadyClock";
import { createThrottle } from "@/domain/throttle";
import type { Monitor } from "./monitor";
import { useWakefulness } from "./useWakefulness";

/** Quick enough to be live, slow enough to be read; the bound is ten a second. */
const redrawMs = 200;
/** Under load each tells ten thousand processes: single events, which the log shows, come sooner. */
const processIntervalNanos = 500_000_000;
const sampleMs = 1_000;
/** A look that is late is followed by no other at once. */
const leastSampleMs = 500;

export type { Monitor } from "./monitor";

const monitorKey: InjectionKey<Monitor> = Symbol("monitor");

export function provideMonitor(api: Api): Monitor {
  const model = new ProcessModel();
  const log = new EventLog();
  const history = new ProcessHistory();
  const kept = new KeptProcesses();
  const requests = new RateMeter();
  const requested = new RateMeter();
  const sight = new Sight();
  const gapWatch = new GapWatch();
  const load = new ServiceLoad();

  const phase = shallowRef<Phase>({ name: "connecting", attempt: 0 });
  const lastMessageMs = shallowRef<number>();
  const rows = shallowRef<readonly ProcessRow[]>([]);
  const told = shallowRef(false);
  const totals = shallowRef<HostTotals>();
  const status = shallowRef<GetStatusResponse>();
  const missingCount = shallowRef(0n);
  const logVersion = shallowRef(0);
  const historyVersion = shallowRef(0);
  const unseen = shallowRef<Unseen>();
  const gap = shallowRef<Gap>();
  const serviceLoad = shallowRef<number>();
  /** Whether the service tells what happens now: no figure of the last seconds is known otherwise. */
  const tellsNow = shallowRef(false);
  /** Of this stream: until it is there the figures are those of the last one. */
  let snapshotHere = false;
  let forgotten: readonly ProcessRow[] = [];

  let processesChanged = false;
  let logChanged = false;
  function refresh(): void {
    if (processesChanged) {
      forgotten = kept.missing((key) => model.get(key), Date.now());
      rows.value = [...model.rows(), ...forgotten];
      told.value = model.totals !== undefined;
    }
    if (logChanged) logVersion.value++;
    processesChanged = logChanged = false;
    totals.value = model.totals ?? status.value?.totals;
    missingCount.value = log.missingCount;
    unseen.value = sight.unseen;
    gap.value = gapWatch.gap;
    serviceLoad.value = load.share;
  }
  const redraw = createThrottle(() => {
    refresh();
    return nextTick();
  }, redrawMs);

  /** When the capture began that is told of. */
  let captureMs: number | undefined;
  function takeTotals(now: HostTotals, nowMs: number): void {
    const startMs = now.captureStartTime && timestampMs(now.captureStartTime);
    // What was counted of another one says nothing of this.
    if (captureMs !== undefined && startMs !== captureMs) {
      log.forgetMissing();
      gapWatch.beginAnew();
      history.beginAnew();
    }
    captureMs = startMs;
    gapWatch.look(now.lostCount + log.missingCount, nowMs);
    sight.look(now.lostCount, nowMs);
  }

  function takeService({ service }: GetStatusResponse): void {
    if (service?.cpuTime === undefined) return;
    load.look(steadyNow(), Number(service.cpuTime.seconds) * 1_000 + service.cpuTime.nanos / 1_000_000);
  }

  /** Without a source that is read there is no rate, and not one of 0. */
  function comes(): boolean {
    const state = status.value?.source?.state;
    return state === SourceState.LIVE || state === SourceState.ENDED;
  }

  // Looks at the processes once a second, for as long as the service speaks.
  const looking = createSlicedWork();
  let sampledMs = Number.NEGATIVE_INFINITY;
  function sample(): void {
    const [nowMs, steadyMs] = [Date.now(), steadyNow()];
    if (steadyMs - sampledMs < leastSampleMs) return;
    tellsNow.value = phase.value.name === "open" && snapshotHere && nowMs - (lastMessageMs.value ?? 0) <= staleAfterMs;
    if (!tellsNow.value) return;
    sampledMs = steadyMs;
    // Who is hidden is drawn late or never: what is looked at must be of now.
    if (document.hidden) refresh();
    looking.start(history.looking(rows.value, nowMs, steadyMs), () => {
      if (comes()) {
        requests.add(steadyMs, history.callsSeen);
        requested.add(steadyMs, model.totals?.requestedBytes ?? 0n);
      }
      historyVersion.value++;
      // Kept ones end although nothing else changes.
      if (forgotten.length > 0) processesChanged = true;
      redraw.request();
    });
    // The next turn of a hidden page may come in a minute.
    if (document.hidden) looking.finish();
  }
  const sampler = setInterval(sample, sampleMs);

  function take(message: WatchResponse): Applied {
    const nowMs = Date.now();
    lastMessageMs.value = nowMs;
    switch (message.item.case) {
      case "processes": {
        const update = message.item.value;
        if (model.apply(update) === "resubscribe") return "resubscribe";
        snapshotHere = true;
        if (update.totals !== undefined) takeTotals(update.totals, nowMs);
        processesChanged = true;
        break;
      }
      case "events":
        log.add(message.item.value, nowMs);
        if (message.item.value.gap !== undefined) sight.skip(message.item.value.gap.eventCount, nowMs);
        logChanged = true;
        break;
      case "status":
        status.value = message.item.value;
        takeService(message.item.value);
        break;
      default:
        return "applied";
    }
    redraw.request();
    // A hidden page's timers come once a minute; the service's messages still come.
    if (document.hidden && steadyNow() - sampledMs >= sampleMs) sample();
    return "applied";
  }

  /** From the last word on nothing was seen. */
  function leave(): void {
    sight.leave(lastMessageMs.value ?? Date.now());
    gapWatch.rest();
    tellsNow.value = snapshotHere = false;
    requests.reset();
    requested.reset();
    redraw.request();
  }

  const session = new WatchSession({
    open: (signal) =>
      api.watch(
        { events: eventRequest, processes: { minInterval: { seconds: 0n, nanos: processIntervalNanos } }, status: true },
        { signal },
      ),
    onPhase(next) {
      if (phase.value.name === "open" && next.name !== "open") leave();
      phase.value = next;
    },
    onOpen(resumed) {
      model.expectSnapshot();
      log.share.begin(Date.now());
      if (!resumed) return;
      sight.comeBack(Date.now());
      log.addGap("disconnected", 0n, "", Date.now());
      logChanged = true;
    },
    onMessage: take,
  });

  const { stayAwake } = useWakefulness((awake) => session.setVisible(awake));
  const watchNetwork = () => session.retryNow();
  window.addEventListener("online", watchNetwork);
  session.start();

  onScopeDispose(() => {
    window.removeEventListener("online", watchNetwork);
    clearInterval(sampler);
    looking.stop();
    session.stop();
    redraw.stop();
  });

  const monitor: Monitor = {
    phase,
    lastMessageMs,
    rows,
    told,
    rowOf: (key) => model.get(key) ?? kept.get(key),
    keep(owner, keys) {
      kept.want(owner, keys);
      processesChanged = true;
      redraw.request();
    },
    history: knownWhile(history, () => tellsNow.value),
    isJustMet: (key) => history.isJustMet(key),
    callsSeen: () => history.callsSeen,
    sinceMs: () => history.sinceMs,
    pieBy: (measure) => computePie(rows.value, measure, measure === "requested" ? totals.value?.requestedBytes : 0n),
    historyVersion,
    totals,
    status,
    missingCount,
    logVersion,
    log,
    takeChosen(message) {
      log.addChosen(message, Date.now());
      logChanged = true;
      redraw.request();
    },
    unseen,
    gap,
    serviceLoad,
    requestsPerSecond: () => (tellsNow.value ? requests.perSecond(steadyNow()) : undefined),
    bytesPerSecond: () => (tellsNow.value ? requested.perSecond(steadyNow()) : undefined),
    retryNow: () => session.retryNow(),
    stayAwake,
  };
  provide(monitorKey, monitor);
  return monitor;
}

/** Another one in its place, for what stands below. */
export function provideMonitorAs(monitor: Monitor): void {
  provide(monitorKey, monitor);
}

export function useMonitor(): Monitor {
  const monitor = inject(monitorKey);
  if (monitor === undefined) throw new Error("useMonitor needs provideMonitor above it");
  return monitor;
}
