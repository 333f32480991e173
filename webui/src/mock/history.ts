// SPDX-License-Identifier: Apache-2.0
//
// The calls about the past, out of the made-up archive.

import { type MessageInitShape, create } from "@bufbuild/protobuf";
import { type Timestamp, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import { type EventFilter, EventKind } from "@/gen/memmon/v1/event_pb";
import { type HistoryPointSchema, type MemoryMonitor, type SummarySliceSchema } from "@/gen/memmon/v1/memmon_pb";
import { type HostTotals, type Process, ProcessSchema } from "@/gen/memmon/v1/process_pb";
import { keyOf } from "@/domain/process";
import { type Archive, type Dweller, type Figures, none } from "./archive";

type Calls = Pick<ServiceImpl<typeof MemoryMonitor>, "listProcesses" | "listEvents" | "getProcessHistory" | "getSummary" | "getActivity">;

const lengths = [1, 5, 10, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200].map((seconds) => seconds * 1_000);

function msOf(time: Timestamp | undefined, otherwise: number): number {
  return time === undefined ? otherwise : timestampMs(time);
}

function steps(fromMs: number, toMs: number, maxPoints: number, leastMs: number): number {
  return lengths.find((ms) => ms >= leastMs && (toMs - fromMs) / ms <= (maxPoints || 300)) ?? 21_600_000;
}

function duration(ms: number): { seconds: bigint; nanos: number } {
  return { seconds: BigInt(Math.floor(ms / 1_000)), nanos: (ms % 1_000) * 1_000_000 };
}

/** A list has those that live then, however they ended later. */
function processAt({ process }: Dweller, figures: Figures): Process {
  return create(ProcessSchema, {
    ...process,
    endTime: undefined,
    heldBytes: BigInt(figures.held),
    virtualSizeBytes: BigInt(figures.virtualSize),
    requestedBytes: BigInt(figures.requested),
    mmapCount: BigInt(figures.mmaps),
    munmapCount: BigInt(figures.munmaps),
    failedCount: BigInt(figures.failed),
  });
}

/** Why this scene has no history; undefined where it has. */
function refusal(scene: string): ConnectError | undefined {
  switch (scene) {
    case "nodb":
      return new ConnectError("no database is configured: start memmond with --database", Code.FailedPrecondition);
    case "down":
      return new ConnectError("the database cannot be reached: connection refused", Code.Unavailable);
    case "denied":
      return new ConnectError("only for who shows a token: start memmond with --token-file", Code.PermissionDenied);
    case "old":
      return new ConnectError("unknown method", Code.Unimplemented);
    default:
      return undefined;
  }
}

export function historyCalls(archive: Archive, scene: string, totals: () => HostTotals): Calls {
  const gapsIn = (fromMs: number, toMs: number) =>
    archive.gaps
      .filter((gap) => gap.fromMs < toMs && gap.toMs > fromMs)
      .map((gap) => ({ startTime: timestampFromMs(gap.fromMs), endTime: timestampFromMs(gap.toMs), eventCount: BigInt(gap.lost) }));
  // Of the last quarter of an hour nothing came to the database.
  const stoppedMs = Date.now() - 900_000;
  const lastStored = () => (scene === "stopped" ? stoppedMs : Date.now() - 1_000);
  const stored = (ms: number) => Math.min(ms, lastStored());
  const allow = () => {
    const error = refusal(scene);
    if (error !== undefined) throw error;
  };
  const wantedBy = (filter: EventFilter | undefined) => (dweller: Dweller) =>
    filter === undefined || filter.pids.length === 0 || filter.pids.includes(dweller.process.pid);

  return {
    listProcesses(request) {
      allow();
      const ms = stored(msOf(request.asOfTime, Date.now()));
      const found = [...archive.dwellers.values()].flatMap((dweller) => {
        const figures = archive.sums(dweller, ms);
        return figures === undefined || dweller.beganMs > ms || (dweller.endMs ?? Infinity) <= ms ? [] : [processAt(dweller, figures)];
      });
      const first = Number(request.pageToken || 0);
      const next = first + (request.pageSize || 100);
      return {
        processes: found.slice(first, next),
        nextPageToken: next < found.length ? String(next) : "",
        asOfTime: timestampFromMs(ms),
      };
    },

    listEvents(request) {
      allow();
      const kinds = new Set(request.filter?.kinds);
      const first = Number(request.pageToken || 0);
      const size = request.pageSize || 100;
      const events = [];
      let count = 0;
      for (const event of archive.events(msOf(request.startTime, 0), stored(msOf(request.endTime, Date.now())), wantedBy(request.filter))) {
        if (kinds.size > 0 && !kinds.has(event.kind) && event.kind !== EventKind.LOST) continue;
        if (count++ < first) continue;
        if (events.length === size) return { events, nextPageToken: String(first + size) };
        events.push(event);
      }
      return { events, nextPageToken: "" };
    },

    getProcessHistory(request) {
      allow();
      const dweller = archive.dwellers.get(request.process === undefined ? "" : keyOf(request.process));
      if (dweller === undefined) throw new ConnectError("this process is not stored", Code.NotFound);
      const fromMs = Math.max(msOf(request.startTime, archive.fromMs), archive.fromMs);
      const toMs = stored(msOf(request.endTime, Date.now()));
      const stepMs = steps(fromMs, toMs, request.maxPoints, 1_000);
      const points: MessageInitShape<typeof HistoryPointSchema>[] = [];
      const floorMs = Math.floor(fromMs / stepMs) * stepMs;
      let before = archive.at(dweller, floorMs);
      for (let ms = floorMs; ms < toMs; ms += stepMs) {
        const end = archive.at(dweller, ms + stepMs - 1);
        if (end === undefined || (end === before && points.length > 0)) continue;
        const held = archive.sums(dweller, ms + stepMs - 1)?.held ?? 0;
        points.push({ ...point(ms, before ?? { ...none, virtualSize: end.virtualSize }, end), heldBytes: BigInt(held) });
        before = end;
      }
      return {
        points,
        resolution: duration(stepMs),
        // As it was last seen: it may have ended after the span.
        process: { ...processAt(dweller, archive.sums(dweller, toMs) ?? none), endTime: dweller.endMs === undefined ? undefined : timestampFromMs(dweller.endMs) },
        gaps: gapsIn(fromMs, toMs),
        lastStoredTime: timestampFromMs(lastStored()),
      };
    },

    getSummary(request) {
      allow();
      const fromMs = stored(msOf(request.startTime, archive.fromMs));
      const toMs = stored(msOf(request.endTime, Date.now()));
      const asked = [...archive.dwellers.values()].flatMap((dweller): MessageInitShape<typeof SummarySliceSchema>[] => {
        const bytes = (archive.at(dweller, toMs) ?? none).requested - (archive.at(dweller, fromMs) ?? none).requested;
        const { pid, startNs, name } = dweller.process;
        return bytes <= 0 ? [] : [{ process: { pid, startNs }, name, bytes: BigInt(bytes), processCount: 1 }];
      });
      asked.sort((a, b) => Number((b.bytes ?? 0n) - (a.bytes ?? 0n)));
      const total = asked.reduce((sum, { bytes }) => sum + (bytes ?? 0n), 0n);
      const slices = asked.slice(0, request.sliceCount || 10);
      const rest = total - slices.reduce((sum, { bytes }) => sum + (bytes ?? 0n), 0n);
      return { slices, others: { bytes: rest, processCount: asked.length - slices.length }, totalBytes: total, totals: { ...totals(), captureStartTime: timestampFromMs(archive.captureMs(toMs)) } };
    },

    getActivity(request) {
      allow();
      const fromMs = Math.max(msOf(request.startTime, archive.fromMs), archive.fromMs);
      const toMs = stored(msOf(request.endTime, Date.now()));
      const stepMs = steps(fromMs, toMs, request.maxPoints, 60_000);
      const sums = new Map<number, { bytes: number; calls: number }>();
      for (const { figures } of archive.dwellers.values()) {
        figures.forEach((now, i) => {
          const before = figures[i - 1] ?? now;
          const ms = Math.floor((now.atMs - 1) / stepMs) * stepMs;
          if (now.atMs <= fromMs || now.atMs > toMs) return;
          const sum = sums.get(ms) ?? { bytes: 0, calls: 0 };
          sum.bytes += now.requested - before.requested;
          sum.calls += now.mmaps + now.munmaps + now.failed - before.mmaps - before.munmaps - before.failed;
          sums.set(ms, sum);
        });
      }
      const points = [...sums].sort(([a], [b]) => a - b);
      const middle = points[Math.floor(points.length / 2)]?.[1];
      if (scene === "spike" && middle !== undefined) middle.bytes *= 500;
      return {
        points: points.map(([ms, sum]) => ({ time: timestampFromMs(ms), requestedBytes: BigInt(sum.bytes), callCount: BigInt(sum.calls) })),
        resolution: duration(stepMs),
        gaps: gapsIn(fromMs, toMs),
        oldestTime: timestampFromMs(archive.fromMs),
        lastStoredTime: timestampFromMs(lastStored()),
      };
    },
  };
}

function point(ms: number, before: Figures, end: Figures): MessageInitShape<typeof HistoryPointSchema> {
  const asked = end.requested - before.requested;
  return {
    time: timestampFromMs(ms),
    virtualSizeBytes: BigInt(end.virtualSize),
    maxVirtualSizeBytes: BigInt(Math.max(before.virtualSize, end.virtualSize)),
    requestedBytes: BigInt(asked),
    releasedBytes: BigInt(Math.max(0, asked - (end.held - before.held))),
    mmapCount: BigInt(end.mmaps - before.mmaps),
    munmapCount: BigInt(end.munmaps - before.munmaps),
    failedCount: BigInt(end.failed - before.failed),
  };
}
