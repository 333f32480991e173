// SPDX-License-Identifier: Apache-2.0
//
// All processes in a range of the past, asked for in as few calls as tell it.

import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { GetSummaryResponse } from "@/gen/memmon/v1/memmon_pb";
import type { HostTotals, Process } from "@/gen/memmon/v1/process_pb";
import { type Activity, toActivity } from "@/domain/activity";
import { timestampMs } from "@/domain/format";
import { historyProblem } from "@/domain/historyProblem";
import { type PastProcesses, pastProcesses } from "@/domain/past";
import { type RangeCover, rangeCover } from "@/domain/rangeCover";
import type { TimeRange } from "@/domain/timeRange";
import { type Api, historyTimeoutMs } from "./client";

const pageSize = 1_000;
/** As many slices as a summary may have: whoever ended in the range is told by them alone. */
const maxSummarySlices = 100;
const maxSteps = 120;

/** All that was asked about a range. */
export interface PastAnswer extends RangeCover {
  readonly range: TimeRange;
  readonly processes: PastProcesses;
  readonly summary: GetSummaryResponse;
  readonly totals: HostTotals | undefined;
  /** undefined where this memmond cannot tell. */
  readonly activity: Activity | undefined;
  /** The time of held and virtual size, ms. */
  readonly asOfMs: number;
}

async function listAll(api: Api, ms: number, signal: AbortSignal): Promise<{ processes: Process[]; asOfMs: number }> {
  const processes: Process[] = [];
  let asOfMs = ms;
  let pageToken = "";
  do {
    const request = { pageSize, pageToken, asOfTime: timestampFromMs(ms) };
    const page = await api.listProcesses(request, { signal, timeoutMs: historyTimeoutMs });
    processes.push(...page.processes);
    if (page.asOfTime !== undefined) asOfMs = timestampMs(page.asOfTime);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return { processes, asOfMs };
}

/** Where nothing is stored of a time, nobody was there. */
async function orNobody<T>(answer: Promise<T>, nobody: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (historyProblem(error).kind === "unknown") return nobody;
    throw error;
  }
}

async function askActivity(api: Api, range: TimeRange, signal: AbortSignal): Promise<Activity | undefined> {
  const span = { startTime: timestampFromMs(range.fromMs), endTime: timestampFromMs(range.toMs) };
  try {
    return toActivity(await api.getActivity({ ...span, maxPoints: maxSteps }, { signal, timeoutMs: historyTimeoutMs }));
  } catch (error) {
    // All else can be shown without it.
    if (historyProblem(error).kind === "old") return undefined;
    throw error;
  }
}

/** Fails where it cannot be told. */
export async function askPast(api: Api, range: TimeRange, signal: AbortSignal): Promise<PastAnswer> {
  const span = { startTime: timestampFromMs(range.fromMs), endTime: timestampFromMs(range.toMs) };
  const [summary, atStart, atEnd, activity] = await Promise.all([
    api.getSummary({ ...span, sliceCount: maxSummarySlices }, { signal, timeoutMs: historyTimeoutMs }),
    orNobody(listAll(api, range.fromMs, signal), { processes: [], asOfMs: range.fromMs }),
    orNobody(listAll(api, range.toMs, signal), { processes: [], asOfMs: range.toMs }),
    askActivity(api, range, signal),
  ]);
  const cover = rangeCover(activity, range, Date.now());
  return {
    ...cover,
    range,
    processes: pastProcesses({ range, atStart: atStart.processes, atEnd: atEnd.processes, summary, knownFromMs: activity?.knownFromMs, coveredMs: cover.coveredMs }),
    summary,
    totals: summary.totals,
    activity,
    asOfMs: Math.min(atEnd.asOfMs, cover.knownToMs),
  };
}
