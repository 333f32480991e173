// SPDX-License-Identifier: Apache-2.0
//
// What a course says of the time that is read off.

import { describe, expect, it } from "vitest";
import TimeChart from "@/charts/TimeChart.vue";
import { render } from "./render";

const minute = 60_000;
const chart = { title: "Held", label: "Held", tone: "held", fromMs: 10 * minute, toMs: 20 * minute, unwatched: [], steps: [{ atMs: 12 * minute, value: 4_096 }, { atMs: 15 * minute, value: 8_192 }] };
const said = async (props: object, locale: "en" | "es" = "en") =>
  /aria-valuetext="([^"]*)"/.exec((await render(TimeChart, { ...chart, ...props }, locale)).html)?.[1]?.replace(/\s/g, " ");

describe("a course", () => {
  it("says how much it is now, and what it was where somebody reads it off", async () => {
    expect(await said({})).toBe("8.00 KiB");
    expect(await said({ cursor: 13 * minute })).toMatch(/\d\d:13:00 · 4\.00 KiB$/);
  });

  it("goes on beneath what is read off: at its edge that stays", async () => {
    expect(await said({ cursor: 11 * minute, fromMs: 13 * minute })).toMatch(/\d\d:13:00 · 4\.00 KiB$/);
    expect(await said({ cursor: 30 * minute })).toMatch(/\d\d:20:00 · 8\.00 KiB$/);
  });

  it("does not say how much it is now where nothing is known, or events were lost", async () => {
    expect(await said({ cursor: 11 * minute })).toMatch(/:11:00 · not known$/);
    expect(await said({ cursor: 11 * minute }, "es")).toMatch(/:11:00 · no se sabe$/);
    expect(await said({ cursor: 16 * minute, knownToMs: 15.5 * minute })).toMatch(/:16:00 · not known$/);
    const gap = { fromMs: 13 * minute, toMs: 14 * minute, lostCount: 3n };
    expect(await said({ cursor: 13.5 * minute, gaps: [gap] })).toMatch(/:13:30 · events lost$/);
  });
});
