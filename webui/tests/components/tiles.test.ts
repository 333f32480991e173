// SPDX-License-Identifier: Apache-2.0
//
// What the host and a process have in all: each figure, and none where nothing was told.

import { create } from "@bufbuild/protobuf";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ref, shallowRef } from "vue";
import PastFigures from "@/components/process/PastFigures.vue";
import ProcessFigures from "@/components/process/ProcessFigures.vue";
import StatTiles from "@/components/header/StatTiles.vue";
import type { StoredCourse } from "@/domain/course";
import { type HostTotals, HostTotalsSchema } from "@/gen/memmon/v1/process_pb";
import { row } from "../builders";
import { type Rendered, render } from "./render";

const monitor = { totals: shallowRef<HostTotals>(), rows: shallowRef([row(1), row(2), row(3, { ended: true })]), told: ref(true) };
vi.mock("@/composables/useMonitor", () => ({ useMonitor: () => monitor }));

beforeEach(() => {
  monitor.told.value = true;
  monitor.totals.value = create(HostTotalsSchema, { ramBytes: 600n, swapBytes: 400n, eventCount: 1_234n, requestedBytes: 2_048n });
});

/** Each title with what stands beside it. */
function figures({ html }: Rendered): Record<string, string> {
  const plain = (part = "") => part.replace(/<[^>]+>/g, " ").replace(/&nbsp;|\s/g, " ").replace(/ +/g, " ").trim();
  return Object.fromEntries([...html.matchAll(/<dt[^>]*>(.*?)<\/dt>\s*<dd[^>]*>(.*?)<\/dd>/gs)].map(([, title, figure]) => [plain(title), plain(figure)]));
}

describe("the host's figures", () => {
  it("are those that memmond told", async () => {
    expect(figures(await render(StatTiles))).toEqual({
      Events: "1,234",
      Requested: "2.00 KiB",
      Processes: "2 1 ended",
      "RAM + swap": "1,000 B 600 B + 400 B",
    });
  });

  it("are none, and not 0, before it told any", async () => {
    monitor.told.value = false;
    monitor.totals.value = undefined;
    const { html, text } = await render(StatTiles);
    expect(html.match(/data-testid="not-told"/g)).toHaveLength(4);
    expect(text).not.toMatch(/\d/);
  });
});

describe("a process's figures", () => {
  it("say how much of RAM and swap together its virtual size would be, and how much of it is in RAM", async () => {
    const told = Object.values(figures(await render(ProcessFigures, { row: row(1, { virtualSize: 300n, resident: 75n }), rate: 1 })));
    expect(told).toContain("300 B 30.0% of RAM and swap");
    expect(told).toContain("75 B 25.0% of its virtual size");
    expect((await render(ProcessFigures, { row: row(1, { virtualSize: 300n }), rate: 1 }, "es")).text).toMatch(/30,0\s?% de/);
  });

  it("of a range are what it did there, and where it stood at the end", async () => {
    const course = { requestedBytes: 4_096n, releasedBytes: 1_024n, mmapCount: 1_200n, munmapCount: 7n, failedCount: 3n } as StoredCourse;
    const living = figures(await render(PastFigures, { row: row(1, { held: 10n, virtualSize: 20n }), course }));
    expect(Object.values(living)).toEqual(["10 B", "20 B", "4.00 KiB", "1.00 KiB", "1,200 + 7", "3"]);
    const ended = figures(await render(PastFigures, { row: row(1, { held: 10n, virtualSize: 20n, ended: true }), course }));
    expect(Object.keys(ended).slice(0, 2)).not.toEqual(Object.keys(living).slice(0, 2));
    expect(Object.keys(ended).slice(2)).toEqual(Object.keys(living).slice(2));
  });
});
