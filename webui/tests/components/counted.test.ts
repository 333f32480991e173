// SPDX-License-Identifier: Apache-2.0
//
// What the page has counted of a process, and how it says that some may be missing.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { shallowRef } from "vue";
import CallCounts from "@/components/CallCounts.vue";
import FailureList from "@/components/FailureList.vue";
import NotAll from "@/components/NotAll.vue";
import SizeHistogram from "@/components/SizeHistogram.vue";
import ToldValue from "@/components/ToldValue.vue";
import { CallStats } from "@/domain/callStats";
import { EventKind } from "@/gen/memmon/v1/event_pb";
import { event, row } from "../builders";
import { render } from "./render";

const monitor = { told: shallowRef(true), sinceMs: () => undefined };
vi.mock("@/composables/useMonitor", () => ({ useMonitor: () => monitor }));
beforeEach(() => void (monitor.told.value = true));

const stats = new CallStats();
stats.add(event({ kind: EventKind.MMAP, pid: 4, lengthBytes: 5_000n, result: 0x7f00n }));
stats.add(event({ kind: EventKind.MMAP, pid: 4, lengthBytes: 20_000n, result: -12n }));
const whole = { row: row(4, { mmapCount: 9n, munmapCount: 3n, failedCount: 1n }), stats: { of: stats }, missedMs: undefined };
const missed = { ...whole, missedMs: Date.UTC(2026, 10, 25, 3) };

describe("beside what is counted", () => {
  it("nothing is said while nothing was missed", async () => {
    expect((await render(NotAll, { missedMs: undefined })).text).toBe("");
    expect((await render(NotAll, { missedMs: missed.missedMs })).text).toMatch(/^perhaps not all: since [\d:]+ /);
    for (const panel of [CallCounts, SizeHistogram]) {
      expect((await render(panel, whole)).text).not.toContain("perhaps not all");
      expect((await render(panel, missed)).text).toContain("perhaps not all");
    }
  });

  it("a figure that is not known is none, and is read out as that", async () => {
    expect((await render(ToldValue)).text).toBe("slot");
    monitor.told.value = false;
    expect((await render(ToldValue)).text).toBe("… not known yet");
    expect((await render(ToldValue, {}, "es")).text).toBe("… aún no se sabe");
  });
});

describe("the panels of a process's calls", () => {
  it("count calls as the service and as the page does, and those that failed", async () => {
    const { text } = await render(CallCounts, whole);
    expect(text).toContain("mmap 9 2");
    expect(text).toContain("munmap 3 0");
    expect(text).toMatch(/Failed calls 1$/);
  });

  it("explain an error in the reader's language, and count what the page did not see", async () => {
    const seen = await render(FailureList, whole, "es");
    expect(seen.html).toContain('data-errno="ENOMEM"');
    expect(seen.html).not.toContain("failures-unseen");
    const more = await render(FailureList, { ...missed, row: row(4, { failedCount: 5n }) });
    expect(more.text).toMatch(/4 unseen: before this page was opened, or after [\d:]+, when it missed events/);
    expect((await render(FailureList, { ...whole, row: row(4), stats: undefined })).text).toContain("None has failed.");
  });

  it("have sizes in powers of two, and no arrow where there is nothing to save", async () => {
    const { html } = await render(SizeHistogram, whole);
    expect([...html.matchAll(/data-exponent="(\d+)" data-done="(\d)" data-failed="(\d)"/g)].map(([, ...found]) => found)).toEqual([
      ["12", "1", "0"],
      ["13", "0", "0"],
      ["14", "0", "1"],
    ]);
    expect(html).toContain("sizes-export");
    const none = await render(SizeHistogram, { ...whole, stats: undefined });
    expect(none.text).toContain("No mmap call seen since this page was opened.");
    expect(none.html).not.toContain("sizes-export");
  });
});
