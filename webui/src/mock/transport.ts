// SPDX-License-Identifier: Apache-2.0
//
// A service made up in the browser, for development without memmond. What it plays is chosen in the
// page's address: ?scene=NAME (see scenes.ts), &processes=N, &rate=events a second, &seed=N, &boot=id,
// &database=off, &cause=what is wrong with the database (as REFUSED,SPOOL_FULL), &unstored=events that it lost,
// &away=N, &anew=seconds after which the capture begins anew (and in scene=gap nothing is missing any more),
// &steady: no process ends, whatever the scene is.

import { type Interceptor, type ServiceImpl, type Transport, createRouterTransport } from "@connectrpc/connect";
import { Code, ConnectError } from "@connectrpc/connect";
import { type MessageInitShape, create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampNow } from "@bufbuild/protobuf/wkt";
import {
  type GetStatusResponse,
  GetStatusResponseSchema,
  MemoryMonitor,
  type WatchRequest,
  type WatchResponse,
  WatchResponseSchema,
} from "@/gen/memmon/v1/memmon_pb";
import type { Event, EventKind } from "@/gen/memmon/v1/event_pb";
import type { Process } from "@/gen/memmon/v1/process_pb";
import {
  type DatabaseStatusSchema,
  DatabaseStatus_State as DatabaseState,
  DatabaseStatus_Cause as DatabaseCause,
  SourceStatus_Cause as Cause,
  SourceStatus_State as SourceState,
} from "@/gen/memmon/v1/status_pb";
import { addressSpaceCalls } from "./addressSpace";
import { Archive, archivedMs } from "./archive";
import { EventBudget } from "./budget";
import { CallLedger, processCalls } from "./calls";
import { historyCalls } from "./history";
import { type Scene, sceneOf } from "./scenes";
import { Workload } from "./workload";

const stepMs = 100;
const quietScenes: readonly Scene[] = ["waiting", "busy", "failed", "empty"];
const noDatabase: readonly Scene[] = ["empty", "nodb", "lossy", "recording"];

/** Without a database there is no yesterday to tell of. */
function hasDatabase(query: URLSearchParams): boolean {
  return !noDatabase.includes(sceneOf(query)) && query.get("database") !== "off";
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function duration(ms: number): { seconds: bigint; nanos: number } {
  return { seconds: BigInt(Math.floor(ms / 1_000)), nanos: Math.floor(ms % 1_000) * 1_000_000 };
}

const causeWords: Readonly<Record<string, string>> = {
  UNREACHABLE: "connection refused; check that PostgreSQL runs (pg_isready) and that --database names it. memmond goes on trying",
  REFUSED: 'FATAL:  password authentication failed for user "memmon"; check that PostgreSQL runs (pg_isready) and that --database names it',
};

/** memmond's causes, as the address names them. */
function database(query: URLSearchParams, stored: bigint): MessageInitShape<typeof DatabaseStatusSchema> {
  const scene = sceneOf(query);
  const names = (query.get("cause") ?? (scene === "down" ? "UNREACHABLE" : "")).split(",").filter((name) => name in DatabaseCause);
  const off = !hasDatabase(query);
  return {
    state: scene === "down" ? DatabaseState.DOWN : off ? DatabaseState.OFF : DatabaseState.CONNECTED,
    problem: names.map((name) => causeWords[name] ?? `the words of ${name}`).join(". "),
    causes: names.map((name) => DatabaseCause[name as keyof typeof DatabaseCause]),
    storedCount: scene === "down" ? 1_204_331n : stored,
    lostCount: BigInt(query.get("unstored") ?? 0),
  };
}

function status(query: URLSearchParams, workload: Workload): GetStatusResponse {
  const scene = sceneOf(query);
  const boot = query.get("boot") ?? "5f0c2e9be3d84a2f9d1a0c7b64e2d913";
  const problems: Record<string, [SourceState, string, Cause?]> = {
    waiting: [SourceState.WAITING, "/dev/memmon is not there: the module is not loaded. Type: sudo modprobe memmon", Cause.MISSING],
    busy: [SourceState.WAITING, "another program reads /dev/memmon. To see which, type: sudo fuser -v /dev/memmon", Cause.BUSY],
    failed: [SourceState.FAILED, "no permission to read /var/tmp/build.trace. Type: sudo usermod -aG memmon ana", Cause.NO_PERMISSION],
    ended: [SourceState.ENDED, ""],
  };
  const [state, problem, cause = Cause.UNSPECIFIED] = problems[scene] ?? [SourceState.LIVE, ""];
  return create(GetStatusResponseSchema, {
    source: {
      state,
      problem,
      cause,
      name: ["ended", "recording"].includes(scene) ? "replay:/var/tmp/build.trace" : "device:/dev/memmon",
      abiVersion: 1,
      kernelRelease: "6.1.0-56-amd64",
      bootId: boot,
      hostName: "ceiba",
      covered: ["mmap", "munmap"],
      pageSizeBytes: 4096,
      cpuCount: 8,
    },
    database: database(query, workload.totals.eventCount),
    service: {
      version: "0.1.0",
      cpuTime: duration(12_400 + (Date.now() % 3_600_000) * 0.013),
      residentBytes: 34_340_864n,
      memoryLimitBytes: 268_435_456n,
      subscriberCount: 1,
    },
    totals: workload.totals,
    detailsHidden: scene === "hidden",
  });
}

/** As memmond refuses a page, before anything else. */
function checkAccess(scene: Scene, authorization: string | null): void {
  if (scene === "outdated") throw new ConnectError("unknown method memmon.v1.MemoryMonitor/Watch", Code.Unimplemented);
  if (scene === "forbidden") throw new ConnectError("HTTP 403", Code.PermissionDenied);
  if (scene === "token" && authorization !== "Bearer letmein") throw new ConnectError("a token is needed", Code.Unauthenticated);
}

/** As memmond tells them who may not see them. */
function hideDetails(events: Event[], processes: Process[]): void {
  for (const event of events) {
    event.address = 0n;
    if (event.result > 0n) event.result = 0n;
  }
  for (const process of processes) process.commandLine = "";
}

/** The made-up host, and who is told what happens on it. */
interface Host {
  readonly workload: Workload;
  readonly archive: Archive;
  readonly ledger: CallLedger;
  /** How often the page has opened a stream, or tried to. */
  tries: number;
  readonly listeners: Set<(events: readonly Event[]) => void>;
}

function eventsOf(what: { events: Event[]; leftOut: { kind: EventKind; count: bigint }[] }, gap?: { eventCount: bigint; reason: string }): WatchResponse {
  return create(WatchResponseSchema, { item: { case: "events", value: { ...what, ...(gap === undefined ? {} : { gap }) } } });
}

/** Events alone: they are of what another stream, which has the processes too, lets happen. */
async function* follow(query: URLSearchParams, { workload, listeners }: Host, request: WatchRequest, signal: AbortSignal): AsyncGenerator<WatchResponse> {
  const budget = new EventBudget(request.events);
  let waiting: Event[] = [];
  const listen = (events: readonly Event[]) => void waiting.push(...events);
  listeners.add(listen);
  // Who tests the page cannot see otherwise what it has asked for.
  performance.mark(`filtered ${request.events?.filter?.pids.join(",") ?? ""}`);
  try {
    for (let turn = 0; !signal.aborted; turn++) {
      if (turn % 20 === 0) yield create(WatchResponseSchema, { item: { case: "status", value: status(query, workload) } });
      await wait(stepMs, signal);
      const told = budget.take(waiting, stepMs / 1_000);
      waiting = [];
      if (told.events.length + told.leftOut.length > 0) yield eventsOf(told);
    }
  } finally {
    listeners.delete(listen);
  }
}

async function* watch(query: URLSearchParams, host: Host, request: WatchRequest, signal: AbortSignal): AsyncGenerator<WatchResponse> {
  const { workload, archive, ledger, listeners } = host;
  const budget = new EventBudget(request.events);
  const scene = sceneOf(query);
  const first = host.tries++ === 0;
  if (scene === "broken" && !first && host.tries <= 1 + Number(query.get("away") ?? Infinity)) throw new ConnectError("memmond went away", Code.Unavailable);
  const quiet = quietScenes.includes(scene);
  const perStep = Math.ceil((Number(query.get("rate") ?? 300) * stepMs) / 1_000);
  const anewTurn = Number(query.get("anew") ?? Infinity) * (1_000 / stepMs);
  const epoch = BigInt(Date.now());
  if (scene === "connecting") await wait(3_600_000, signal);
  yield create(WatchResponseSchema, { item: { case: "status", value: status(query, workload) } });
  yield create(WatchResponseSchema, {
    item: {
      case: "processes",
      value: {
        $typeName: "memmon.v1.StreamProcessesResponse",
        epoch,
        revision: 0n,
        snapshot: true,
        processes: quiet ? [] : workload.processes().map((process) => (scene === "hidden" ? { ...process, commandLine: "" } : process)),
        removed: [],
        totals: { ...workload.totals },
      },
    },
  });
  for (let turn = 1; !signal.aborted; turn++) {
    await wait(stepMs, signal);
    if (signal.aborted || (scene === "silent" && turn > 20)) {
      await wait(3_600_000, signal);
      return;
    }
    if (scene === "broken" && first && turn > 20) throw new ConnectError("memmond went away", Code.Unavailable);
    if (turn % 20 === 0) yield create(WatchResponseSchema, { item: { case: "status", value: status(query, workload) } });
    if (quiet || (scene === "ended" && turn > 20)) continue;
    const { events, changed, removed } = workload.step(Date.now(), perStep);
    if (scene === "ending" && turn === 30) changed.push(...workload.endFirst(Date.now()));
    archive.note(changed, events, Date.now());
    events.forEach((event) => ledger.add(event));
    if (scene === "hidden") hideDetails(events, changed);
    const gap = scene === "gap" && turn % 40 === 20 && turn < anewTurn;
    if (gap || (scene === "lossy" && turn % 50 === 30)) {
      workload.totals.lostCount += 37n;
      ledger.miss(Date.now());
    }
    listeners.forEach((listen) => listen(events));
    if (turn === anewTurn) Object.assign(workload.totals, { captureStartTime: timestampNow(), lostCount: 0n });
    if (scene === "untracked") workload.totals.untrackedCount += 13n;
    if (scene === "uncertain") for (const process of changed) process.uncertain = true;
    yield eventsOf(budget.take(events, stepMs / 1_000), gap ? { eventCount: 1_204n, reason: "slow" } : undefined);
    yield create(WatchResponseSchema, {
      item: {
        case: "processes",
        value: {
          $typeName: "memmon.v1.StreamProcessesResponse",
          epoch,
          revision: BigInt(turn),
          snapshot: false,
          processes: changed,
          removed,
          totals: { ...workload.totals },
        },
      },
    });
    // Who tests the page cannot see otherwise that it has been told.
    for (const { pid } of removed) performance.mark(`forgotten ${pid}`);
  }
}

export function createMockTransport(interceptors: Interceptor[] = [], search = window.location.search): Transport {
  const query = new URLSearchParams(search);
  const scene = sceneOf(query);
  // Some seconds of live events were before the page, so that it finds some that have just ended.
  const startMs = Date.now() - 12_000;
  const seed = Number(query.get("seed") ?? 7);
  const processCount = Number(query.get("processes") ?? 64);
  const archive = new Archive(seed, startMs, processCount, scene === "restarted");
  const ledger = new CallLedger();
  const workload = new Workload({
    seed,
    processCount,
    startMs,
    ...(hasDatabase(query) ? { capturedForMs: archivedMs, past: (process, weight) => archive.add(process, weight), lostCount: archive.lostCount } : {}),
    steady: query.has("steady") || ["steady", "leak"].includes(scene),
    ...(scene === "leak" ? { leaks: "node" } : {}),
    ...(scene === "ending" ? { keepEndedMs: 1_500 } : {}),
  });
  if (hasDatabase(query)) workload.totals.captureStartTime = timestampFromMs(archive.captureMs(startMs));
  if (!quietScenes.includes(scene)) {
    for (let i = 0; i < 40; i++) {
      const ms = startMs + (i + 1) * 300;
      const { events, changed } = workload.step(ms, 200);
      archive.note(changed, events, ms);
      events.forEach((event) => ledger.add(event));
    }
  }
  const host: Host = { workload, archive, ledger, tries: 0, listeners: new Set() };
  const service: Partial<ServiceImpl<typeof MemoryMonitor>> = {
    watch(request, context) {
      checkAccess(scene, context.requestHeader.get("Authorization"));
      return request.processes === undefined ? follow(query, host, request, context.signal) : watch(query, host, request, context.signal);
    },
    ...historyCalls(archive, hasDatabase(query) ? scene : "nodb", () => workload.totals),
    ...addressSpaceCalls(archive, scene),
    ...processCalls(ledger, scene, workload),
  };
  return createRouterTransport(({ service: register }) => register(MemoryMonitor, service), { transport: { interceptors } });
}
