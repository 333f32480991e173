// SPDX-License-Identifier: Apache-2.0
//
// What the page knows of all processes, as the service tells it.

import { create } from "@bufbuild/protobuf";
import { afterEach, expect, it, vi } from "vitest";
import { createSSRApp } from "vue";
import { renderToString } from "vue/server-renderer";
import { WatchResponseSchema, type WatchResponse } from "@/gen/memmon/v1/memmon_pb";
import type { Api } from "@/api/client";
import { type Monitor, provideMonitor } from "@/composables/useMonitor";

const processes = (revision: bigint, told: object): WatchResponse =>
  create(WatchResponseSchema, { item: { case: "processes", value: { epoch: 1n, revision, ...told } } });

afterEach(() => vi.unstubAllGlobals());

it("a kept process is there also between the word that it is forgotten and the next redraw", async () => {
  vi.stubGlobal("window", new EventTarget());
  vi.stubGlobal("document", Object.assign(new EventTarget(), { hidden: false }));
  let [forget, forgotten] = [() => {}, () => {}];
  const isKept = new Promise<void>((resolve) => (forget = resolve));
  const isForgotten = new Promise<void>((resolve) => (forgotten = resolve));
  async function* watch(): AsyncGenerator<WatchResponse> {
    yield processes(1n, { snapshot: true, processes: [{ pid: 7, startNs: 70n }], totals: {} });
    await isKept;
    yield processes(2n, { removed: [{ pid: 7, startNs: 70n }], totals: {} });
    forgotten();
    await new Promise(() => {});
  }
  let monitor: Monitor | undefined;
  await renderToString(
    createSSRApp({
      setup() {
        monitor = provideMonitor({ watch } as unknown as Api);
        return () => null;
      },
    }),
  );
  await vi.waitFor(() => expect(monitor?.rows.value).toHaveLength(1));
  const before = monitor?.rows.value;
  monitor?.keep("pins", [before?.[0]?.key ?? ""]);
  // It was looked at since.
  await vi.waitFor(() => expect(monitor?.rows.value).not.toBe(before));
  forget();
  await isForgotten;
  expect(monitor?.rowOf(before?.[0]?.key ?? "")?.pid).toBe(7);
});
