// SPDX-License-Identifier: Apache-2.0
//
// How much is asked for a second: what is not known is neither 0 nor drawn as that.

import { describe, expect, it, vi } from "vitest";
import { shallowRef } from "vue";
import { sparkPaths } from "@/charts/sparkPath";
import LiveRates from "@/components/header/LiveRates.vue";
import RowSpark from "@/components/ui/RowSpark.vue";
import SparkLine from "@/components/ui/SparkLine.vue";
import type { Rate } from "@/composables/useRates";
import { render } from "./render";

const rates = { requests: shallowRef<Rate>({ now: undefined, history: [] }), bytes: shallowRef<Rate>({ now: undefined, history: [] }) };
vi.mock("@/composables/useRates", () => ({ historySeconds: 60, useRates: () => rates }));
vi.mock("@/composables/useMonitor", () => ({ useMonitor: () => ({ told: shallowRef(true) }) }));

const size = { width: 40, height: 23, capacity: 5 };
const lines = (path: string) => path.split("M").length - 1;

describe("a spark line", () => {
  it("has its newest value at the right edge, and 0 at the bottom", () => {
    expect(sparkPaths([0, 20, 10], size)).toEqual({ line: "M20.0 22.0L30.0 2.0L40.0 12.0", area: "M20.0 22.0L30.0 2.0L40.0 12.0V23H20.0Z" });
  });

  it("has a gap where nothing is known, and the rest at its place", () => {
    const { line, area } = sparkPaths([1, 1, undefined, 1, 1], size);
    expect(line).toBe("M0.0 2.0L10.0 2.0M30.0 2.0L40.0 2.0");
    expect(area.split("Z")).toHaveLength(3);
    expect(sparkPaths([undefined, undefined, 1, undefined], size)).toEqual({ line: "", area: "" });
    expect(sparkPaths([], size)).toEqual({ line: "", area: "" });
  });

  it("is drawn as that", async () => {
    const { html } = await render(SparkLine, { values: [1, 2, undefined, 3, 4], capacity: 5, label: "its name" });
    expect(html).toContain('aria-label="its name"');
    expect(lines(/class="line" d="([^"]*)"/.exec(html)?.[1] ?? "")).toBe(2);
  });
});

describe("a process's spark line", () => {
  const path = async (values: readonly number[]) => /d="([^"]*)" class="([^"]*)"/.exec((await render(RowSpark, { values, capacity: 5 })).html)?.slice(1);

  it("reaches no further back than it was watched", async () => {
    expect(await path([])).toEqual(["", "still"]);
    expect(await path([7])).toEqual(["", "still"]);
    expect(await path([7, 7, 7])).toEqual(["M40.0 14.0L60.0 14.0L80.0 14.0", "still"]);
    expect((await path([7, 9, 7]))?.[1]).toBe("");
  });
});

describe("the rates in the header", () => {
  it("are figures where they are known, of which 0 is one", async () => {
    rates.requests.value = { now: 0, history: [3, 0] };
    rates.bytes.value = { now: 2_048, history: [1, 2] };
    const { text, html } = await render(LiveRates);
    expect(text).toMatch(/^Calls 0 \/s Requested 2\.00 KiB \/s$/);
    expect(html).not.toContain("not-told");
  });

  it("are none where they are not known", async () => {
    rates.requests.value = rates.bytes.value = { now: undefined, history: [3, 0, undefined] };
    const { text, html } = await render(LiveRates);
    expect(text).toBe("Calls … not known yet Requested … not known yet");
    expect(html).not.toMatch(/event-rate|byte-rate/);
  });
});
