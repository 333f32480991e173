// SPDX-License-Identifier: Apache-2.0
//
// What memmond has counted of a process, and how the page says that some may be missing, or that it is not told.

import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { shallowRef } from "vue";
import CallCounts from "@/components/process/CallCounts.vue";
import CallsUntold from "@/components/process/CallsUntold.vue";
import FailureList from "@/components/process/FailureList.vue";
import NotAll from "@/components/process/NotAll.vue";
import SizeHistogram from "@/components/process/SizeHistogram.vue";
import ToldValue from "@/components/ui/ToldValue.vue";
import type { PollProblem } from "@/composables/usePolled";
import { EventKind } from "@/gen/memmon/v1/event_pb";
import { calls, row } from "../builders";
import { render } from "./render";

const monitor = { told: shallowRef(true), sinceMs: () => undefined };
vi.mock("@/composables/useMonitor", () => ({ useMonitor: () => monitor }));
beforeEach(() => void (monitor.told.value = true));

const counts = {
  counts: [{ kind: EventKind.MMAP, count: 9n }, { kind: EventKind.MUNMAP, count: 3n }],
  failures: [{ error: 12, count: 1n, largestBytes: 20_000n }],
  sizes: [{ exponent: 12, succeeded: 1n }, { exponent: 14, failed: 1n }],
};
const panels = [CallCounts, SizeHistogram, FailureList];
const whole = { row: row(4), calls: calls(counts), problem: undefined };
const missed = { ...whole, calls: calls({ ...counts, missedSince: timestampFromMs(Date.UTC(2026, 10, 25, 3)) }) };
const untold = (kind?: PollProblem["kind"]) => ({ row: row(4), calls: undefined, problem: kind && { kind, words: "its own words" } });

describe("beside what is counted", () => {
  it("nothing is said while nothing was missed", async () => {
    expect((await render(NotAll, { missedMs: undefined })).text).toBe("");
    expect((await render(NotAll, { missedMs: 1_000 })).text).toBe("perhaps not all: since Jan 1, 1970, 00:00:01 events may have gone unseen");
    for (const panel of panels) {
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

describe("what is not told", () => {
  it("is asked for, or is said why", async () => {
    expect((await render(CallsUntold, { problem: undefined })).text).toBe("Asking memmond…");
    expect((await render(CallsUntold, { problem: undefined }, "es")).text).toBe("Preguntando a memmond…");
    expect((await render(CallsUntold, { problem: { kind: "other", words: "its <own> words" } })).html).toMatch(/lang="en"[^>]*>its &lt;own&gt; words/);
  });
});

describe("the panels of a process's calls", () => {
  it("count calls since the capture began, and those that failed", async () => {
    const { text } = await render(CallCounts, whole);
    expect(text).toContain("since the capture began, failed ones too mmap 9 munmap 3");
    expect(text).toMatch(/Failed calls 1$/);
    expect((await render(CallCounts, whole, "es")).text).toContain("desde que empezó la captura, también las fallidas");
  });

  it("explain an error in the reader's language, and have one line for those without a name of their own", async () => {
    const seen = await render(FailureList, whole, "es");
    expect(seen.html).toContain('data-errno="ENOMEM"');
    const others = { ...whole, calls: calls({ failures: [{ error: 0, count: 2n }, { error: 999, count: 1n }] }) };
    expect((await render(FailureList, others)).text).toMatch(/other errors 2 times .*error 999/);
    expect((await render(FailureList, { ...whole, calls: calls() })).text).toContain("None has failed.");
  });

  it("have sizes in powers of two, and no arrow where there is nothing to save", async () => {
    const { html, text } = await render(SizeHistogram, whole);
    expect([...html.matchAll(/data-exponent="(\d+)" data-done="(\d)" data-failed="(\d)"/g)].map(([, ...found]) => found)).toEqual([
      ["12", "1", "0"],
      ["13", "0", "0"],
      ["14", "0", "1"],
    ]);
    expect(text).toContain("2 mmap calls since the capture began");
    expect(html).toContain("sizes-export");
    const none = await render(SizeHistogram, { ...whole, calls: calls() });
    expect(none.text).toContain("No mmap call since the capture began.");
    expect(none.html).not.toContain("sizes-export");
  });

  it("say nothing of what is not told: not that there is none, and nothing to save", async () => {
    for (const panel of panels) {
      for (const kind of [undefined, "old", "gone", "other"] as const) {
        const { html, text } = await render(panel, untold(kind));
        expect(html).toContain(`data-kind="${kind ?? "asked"}"`);
        expect(html).not.toContain("-export");
        expect(text).not.toMatch(/None has failed|No mmap call|\d/);
      }
      expect((await render(panel, untold())).text).toContain((await render(CallsUntold, { problem: undefined })).text);
      expect((await render(panel, untold("old"))).text).toContain("it is older than this page");
      expect((await render(panel, untold("old"), "es")).text).toContain("es más antiguo que esta página");
      expect((await render(panel, untold("gone"))).text).toContain("memmond has forgotten");
      expect((await render(panel, untold("other"))).text).toContain("memmond cannot tell: its own words");
    }
  });
});
