// SPDX-License-Identifier: Apache-2.0
//
// The bar of time: which time it says is shown, and which it offers to look at.

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ref, shallowRef } from "vue";
import EmptyHint from "@/components/ui/EmptyHint.vue";
import TimeBar from "@/components/time/TimeBar.vue";
import type { HistoryProblem } from "@/domain/historyProblem";
import { toActivity } from "@/domain/activity";
import type { TimeRange } from "@/domain/timeRange";
import { GetActivityResponseSchema, GetStatusResponseSchema } from "@/gen/memmon/v1/memmon_pb";
import { HostTotalsSchema } from "@/gen/memmon/v1/process_pb";
import { SourceStatus_State as SourceState } from "@/gen/memmon/v1/status_pb";
import { render } from "./render";

const monitor = { status: shallowRef(), totals: shallowRef(), phase: shallowRef({ name: "open" }) };
const range = shallowRef<TimeRange>();
const problem = shallowRef<HistoryProblem>();
const ready = ref(true);
const stored = ref(true);
const activity = shallowRef(toActivity(create(GetActivityResponseSchema)));
vi.mock("@/composables/useMonitor", () => ({ useMonitor: () => monitor }));
vi.mock("@/composables/useConnection", () => ({ useConnection: () => shallowRef({ name: "live" }) }));
vi.mock("@/composables/useExport", () => ({ useExport: () => ({}) }));
vi.mock("@/composables/useRouter", () => ({ useRouter: () => ({ route: shallowRef({ name: "dashboard" }), range, against: shallowRef() }) }));
vi.mock("@/composables/useTimeline", () => ({
  extents: ["hour"],
  extentMs: { hour: 3_600_000 },
  useTimeline: () => ({ extent: ref("hour"), bounds: shallowRef({ fromMs: 0, toMs: 3_600_000 }), activity, problem, ready, stored }),
}));
vi.mock("@/components/time/ActivityBand.vue", () => ({ default: () => null }));

const past: TimeRange = { fromMs: Date.UTC(2026, 10, 25, 3), toMs: Date.UTC(2026, 10, 25, 4) };
function without(kind: HistoryProblem["kind"]): void {
  problem.value = { kind, words: "" };
  ready.value = stored.value = false;
}
function play(name: string, state = SourceState.LIVE): void {
  monitor.status.value = create(GetStatusResponseSchema, { source: { name, state } });
}

beforeEach(() => {
  play("device:/dev/memmon");
  monitor.totals.value = create(HostTotalsSchema, { captureStartTime: timestampFromMs(Date.UTC(2020, 1, 3, 12)) });
  range.value = problem.value = undefined;
  ready.value = stored.value = true;
});

const bar = (locale: "en" | "es" = "en") => render(TimeBar, {}, locale);
const offers = ({ html }: { readonly html: string }) => ["data-last", "exact-times", "compare-ranges"].filter((name) => html.includes(name));

describe("what is shown", () => {
  it("is what happens now, or the past", async () => {
    expect((await bar()).text).toMatch(/Live .*What happens now/);
    range.value = past;
    expect((await bar()).text).toMatch(/The past: /);
  });

  it.each([SourceState.LIVE, SourceState.ENDED])("is a recording and of when, never now: state %i", async (state) => {
    play("replay:/var/tmp/build.trace", state);
    const { text } = await bar();
    expect(text).toMatch(/A recording, begun Feb 3, 2020/);
    expect(text).not.toMatch(/\bLive\b|\bnow\b/);
    expect((await bar("es")).text).toMatch(/Una grabación, empezada el 3 feb 2020/);
    monitor.totals.value = undefined;
    expect((await bar()).text).toMatch(/Recording .*A recording/);
  });

  it("is drawn by the clock of whoever plays it, which is said where the band has nothing else", async () => {
    expect((await bar()).html).not.toContain("band-played");
    play("replay:/var/tmp/build.trace");
    expect((await bar()).html).not.toContain("band-played");
    without("off");
    expect((await bar()).text).toContain("The band shows when it was played here");
  });

  it("is nothing yet of a recording, or all of it went by", async () => {
    expect((await render(EmptyHint)).text).toContain("Nothing yet: try ls");
    play("replay:/var/tmp/build.trace");
    expect((await render(EmptyHint)).text).toMatch(/^The recording.*s next requests appear here\.$/);
    play("replay:/var/tmp/build.trace", SourceState.ENDED);
    expect((await render(EmptyHint)).text).toMatch(/^The recording.*s requests went by before this page was opened\.$/);
  });
});

describe("what is offered", () => {
  it("is a range and a second one where there is a database", async () => {
    expect(offers(await bar())).toEqual(["data-last", "exact-times"]);
    range.value = past;
    expect(offers(await bar())).toEqual(["data-last", "exact-times", "compare-ranges"]);
  });

  it("is still there while the database is only down", async () => {
    range.value = past;
    without("down");
    expect(offers(await bar())).toEqual(["data-last", "exact-times", "compare-ranges"]);
  });

  it.each(["off", "old"] as const)("is nothing of a past that nobody has kept, though a link leads there: %s", async (kind) => {
    without(kind);
    for (const at of [undefined, past]) {
      range.value = at;
      expect(offers(await bar())).toEqual([]);
      expect((await bar()).html).toContain("to-live");
    }
  });

  it("is said why not, and what to do", async () => {
    without("off");
    expect((await bar()).text).toMatch(/memmond keeps no history: .* restart memmond .* --database=postgresql:\/\/\/memmon/);
    expect((await bar("es")).text).toMatch(/memmond no guarda historia: .* restart memmond .* --database=/);
    without("old");
    expect((await bar()).text).toContain("This memmond does not know history. It is older than this page. Update it");
    problem.value = undefined;
    ready.value = true;
    expect((await bar()).html).not.toMatch(/history-(off|old)/);
  });

  it("is of a recording no last minutes, which are those of the clock", async () => {
    play("replay:/var/tmp/build.trace");
    expect(offers(await bar())).toEqual(["exact-times"]);
  });
});
