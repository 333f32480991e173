// SPDX-License-Identifier: Apache-2.0
//
// The page's own reading of a stream, over the same seam as the real one: client, session's
// messages, model.

import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import type { Process } from "@/gen/memmon/v1/process_pb";
import { createApi } from "@/api/client";
import { computePie } from "@/domain/pie";
import { ProcessModel } from "@/domain/processModel";
import { createMockTransport } from "@/mock/transport";
import { Workload } from "@/mock/workload";

describe("the mock service", () => {
  it("gives a snapshot and changes that the model takes", async () => {
    const api = createApi(createMockTransport([], "?processes=30&seed=3"));
    const stop = new AbortController();
    const model = new ProcessModel();
    let updates = 0;
    try {
      for await (const message of api.watch({ events: {}, processes: {}, status: true }, { signal: stop.signal })) {
        if (message.item.case !== "processes") continue;
        expect(model.apply(message.item.value)).toBe("applied");
        if (++updates === 4) stop.abort();
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
    }
    expect(updates).toBe(4);
    expect(model.size).toBeGreaterThan(20);
    const pie = computePie(model.rows(), "requested", model.totals?.requestedBytes);
    expect(pie.slices).toHaveLength(10);
    expect(pie.total).toBe(model.totals?.requestedBytes);
  });

  it("has of nobody more in RAM than there is, and some users without a name", () => {
    const workload = new Workload({ seed: 5, processCount: 40, startMs: 0 });
    for (let i = 0; i < 50; i++) workload.step(i * 100, 100);
    const all = workload.processes();
    for (const { residentBytes, virtualSizeBytes } of all) expect(residentBytes).toBeLessThanOrEqual(virtualSizeBytes);
    expect(all.filter(({ residentBytes }) => residentBytes > 0n).length).toBeGreaterThan(30);
    expect(new Set(all.map(({ userName }) => userName))).toContain("");
    expect(new Set(all.map(({ container }) => container)).size).toBeGreaterThan(3);
  });

  it("tells the same story for the same seed", () => {
    const story = () => new Workload({ seed: 11, processCount: 8, startMs: 0 }).step(1_000, 50).events.map((e) => [e.pid, e.kind, e.lengthBytes]);
    expect(story()).toEqual(story());
  });

  it("has lost what its gaps lack, and nothing without a past", async () => {
    const told = async (query: string) => {
      const api = createApi(createMockTransport([], query));
      const stop = new AbortController();
      let lost: bigint | undefined;
      for await (const { item } of api.watch({ status: true, events: {}, processes: {} }, { signal: stop.signal })) {
        if (item.case === "status") lost = item.value.totals?.lostCount;
        break;
      }
      stop.abort();
      return { api, lost };
    };
    const { api, lost } = await told("?processes=5");
    const { gaps } = await api.getActivity({});
    expect(gaps.length).toBeGreaterThan(1);
    expect(lost).toBe(gaps.reduce((sum, { eventCount }) => sum + eventCount, 0n));
    expect((await told("?processes=5&database=off")).lost).toBe(0n);
  });

  it("counts from when the capture began that ran then, as the service does", async () => {
    const api = createApi(createMockTransport([], "?scene=restarted&processes=40"));
    const { gaps, oldestTime } = await api.getActivity({});
    const down = gaps.find(({ eventCount }) => eventCount === 0n);
    const beganMs = timestampMs(down?.endTime ?? timestampFromMs(0));
    const at = async (ms: number) => (await api.listProcesses({ asOfTime: timestampFromMs(ms), pageSize: 1_000 })).processes;
    const sum = (of: Process[]) => of.reduce((bytes, { requestedBytes }) => bytes + requestedBytes, 0n);
    const [before, after, now] = [await at(beganMs - 1_000), await at(beganMs + 1_000), await at(Date.now() - 10_000)];
    expect(sum(before)).toBeGreaterThan(0n);
    expect(sum(after)).toBe(0n);
    expect(after.length).toBe(before.length);
    // Together they asked for as much as the band says, whatever a list counts from.
    const span = { startTime: timestampFromMs(beganMs - 1_000), endTime: timestampFromMs(Date.now() - 10_000) };
    const { totalBytes, totals } = await api.getSummary(span);
    expect(totalBytes).toBeGreaterThanOrEqual(sum(now));
    expect(timestampMs(totals?.captureStartTime ?? timestampFromMs(0))).toBe(beganMs);
    expect((await api.getSummary({ ...span, endTime: timestampFromMs(beganMs - 1) })).totals?.captureStartTime).toEqual(oldestTime);
  });

  it("tells of a process's past as it was last seen, though it ended after that", async () => {
    const api = createApi(createMockTransport([], "?processes=5"));
    const key = { pid: 610, startNs: 80_000_000_000_000n };
    const { process } = await api.getProcessHistory({ process: key });
    const startMs = timestampMs(process?.startTime ?? timestampFromMs(0));
    const early = await api.getProcessHistory({ process: key, startTime: process?.startTime, endTime: timestampFromMs(startMs + 120_000) });
    expect(process?.endTime).toBeDefined();
    expect(early.process?.endTime).toEqual(process?.endTime);
    const { processes } = await api.listProcesses({ asOfTime: timestampFromMs(startMs + 120_000), pageSize: 1_000 });
    expect(processes.find(({ pid }) => pid === 610)?.endTime).toBeUndefined();
  });

  it("plays no scene that there is not", () => expect(() => createMockTransport([], "?scene=lively")).toThrow(/no scene lively; there are live, steady/));
});
