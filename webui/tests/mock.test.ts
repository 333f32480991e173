// SPDX-License-Identifier: Apache-2.0
//
// The page's own reading of a stream, over the same seam as the real one: client, session's
// messages, model.

import { describe, expect, it } from "vitest";
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

  it("plays no scene that there is not", () => expect(() => createMockTransport([], "?scene=lively")).toThrow(/no scene lively; there are live, steady/));
});
