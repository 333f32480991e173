// SPDX-License-Identifier: Apache-2.0
//
// What is told of a range of the past of which not all is stored: no more than is known.

import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it, vi } from "vitest";
import { shallowRef } from "vue";
import type { PastAnswer } from "@/api/past";
import ComparisonTotals from "@/components/comparison/ComparisonTotals.vue";
import PastNote from "@/components/time/PastNote.vue";
import PastScope from "@/components/time/PastScope.vue";
import PastTiles from "@/components/header/PastTiles.vue";
import { pastProcesses } from "@/domain/past";
import { GetSummaryResponseSchema } from "@/gen/memmon/v1/memmon_pb";
import { HostTotalsSchema } from "@/gen/memmon/v1/process_pb";
import { type Locale } from "@/i18n";
import { render } from "./render";

vi.mock("@/composables/useMonitor", () => ({ useMonitor: () => ({ told: shallowRef(true), rows: shallowRef([]), totals: shallowRef({ ramBytes: 4_096n, swapBytes: 4_096n }) }) }));

const route = shallowRef({ name: "dashboard" });
vi.mock("@/composables/useRouter", () => ({ useRouter: () => ({ route }) }));

const range = { fromMs: Date.UTC(2020, 1, 3, 12), toMs: Date.UTC(2020, 1, 3, 13) };
const summary = create(GetSummaryResponseSchema, { totalBytes: 3_600n * 1_024n });
function answer(what: Partial<PastAnswer> = {}): PastAnswer {
  const processes = pastProcesses({ range, atStart: [], atEnd: [], summary, knownFromMs: undefined, coveredMs: 3_600_000 });
  const cover = { lostCount: 0n, downtimes: [], storedFromMs: undefined, storedPart: "all", lastStoredMs: range.toMs, knownToMs: range.toMs, unrecordedMs: 0, coveredMs: 3_600_000 } as const;
  return { ...cover, range, processes, summary, totals: undefined, activity: undefined, asOfMs: range.toMs, ...what };
}
const part = answer({ storedPart: "part", lastStoredMs: Date.UTC(2020, 1, 3, 12, 30), coveredMs: 1_800_000 });
const none = answer({ storedPart: "none", lastStoredMs: Date.UTC(2020, 1, 3, 11, 30) });
const old = answer({ lostCount: undefined, lastStoredMs: undefined });

const note = (of: PastAnswer, locale: Locale = "en") => render(PastNote, { answer: of, loading: false }, locale);
const tiles = (of: PastAnswer, locale: Locale = "en") => render(PastTiles, { answer: of }, locale);
const answered = shallowRef<PastAnswer>();
vi.mock("@/composables/providePast", () => ({
  providePast: () => ({ answer: answered, problem: shallowRef(), loading: shallowRef(false), retry: () => undefined }),
}));
const scope = () => render(PastScope, { range });
const difference = { total: { a: 9_216n, b: 1_024n }, lines: [], others: undefined, sameCount: 0 };
const compared = (a: PastAnswer, b: PastAnswer) => render(ComparisonTotals, { a, b, comparison: difference, loading: false });

describe("a range", () => {
  it("is complete where all of it is stored and nothing was lost", async () => {
    const { text, html } = await note(answer());
    expect(text).toMatch(/^Complete: no event of this range is known to be lost\. Held and virtual size are those of/);
    expect(html).toContain('data-complete="true"');
  });

  it("is not complete where nothing is stored of its end, and says after when", async () => {
    const { text, html } = await note(part);
    expect(text).toMatch(/^Nothing is stored after Feb 3, 2020, \d\d:30:00: what came then is in no figure\. Until then no event is known to be lost\. Held/);
    expect(text).not.toContain("Complete");
    expect(html).toContain('data-complete="unknown"');
    expect((await note(part, "es")).text).toMatch(/^No hay nada guardado después de 3 feb 2020, \d\d:30:00: .* Hasta entonces no consta/);
  });

  it("says both where some was lost, too", async () => {
    const { text, html } = await note({ ...part, lostCount: 5n });
    expect(text).toMatch(/^5 events were lost in this range.*Nothing is stored after/);
    expect(text).not.toContain("no event is known to be lost");
    expect(html).toContain('data-complete="false"');
  });

  it("of which nothing is stored has no figures, of which 0 would be one", async () => {
    const { text } = await note(none);
    expect(text).toMatch(/^Nothing of this range is stored: the last event that is stored is of Feb 3, 2020, \d\d:30:00\.$/);
    expect((await note(none, "es")).text).toMatch(/^No hay nada guardado de este intervalo: el último evento guardado es de 3 feb 2020/);
    answered.value = none;
    expect((await scope()).text).toBe(text);
    answered.value = part;
    expect((await scope()).text).toMatch(/^Nothing is stored after .* slot$/);
  });

  it("has its figures where anything of it is stored", async () => {
    for (const [of, average] of [[answer(), "1\\.00 KiB"], [part, "2\\.00 KiB over 30 min of 1 hr"]] as const) {
      const { text, html } = await tiles(of);
      expect(html).not.toContain("no-figure");
      expect(text).toMatch(new RegExp(`^Requested in the range 3\\.52 MiB Requested per second, on average ${average} Events lost 0 `));
    }
    expect((await tiles(part, "es")).text).toMatch(/ 2,00 KiB en 30 min de 1 h /);
  });

  it("is not complete where memmond did not run in it, and says when, without a word of losses", async () => {
    const down = answer({ downtimes: [{ fromMs: range.fromMs + 600_000, toMs: range.fromMs + 1_800_000 }], unrecordedMs: 1_200_000 });
    const { text, html } = await note(down);
    expect(text).toMatch(/^memmond did not run: Feb 3, 2020, \d\d:10 – \d\d:30 \(20 min\)\. What happened then is in no figure\. Held/);
    expect(text).not.toMatch(/Complete|lost/);
    expect(html).toContain('data-complete="false"');
    expect(html).not.toContain('class="good"');
    expect((await note(down, "es")).text).toMatch(/^memmond no estaba en marcha: 3 feb 2020, .* \(20 min\)\. Lo que pasó entonces no está en ninguna cifra\./);
    expect((await tiles(down)).text).toMatch(/Events lost 0 did not run for 20 min /);
    const twice = answer({ downtimes: [...down.downtimes, { fromMs: range.fromMs + 2_400_000, toMs: range.fromMs + 2_460_000 }] });
    expect((await note(twice)).text).toMatch(/^2 times memmond did not run, 21 min in all, the longest Feb 3, 2020, \d\d:10 – \d\d:30\. /);
    const lossy = await note({ ...down, lostCount: 5n });
    expect(lossy.text).toMatch(/^5 events were lost in this range.* memmond did not run/);
  });

  it("has no figures where memmond did not run in any of it", async () => {
    const down = answer({ downtimes: [range], unrecordedMs: 3_600_000, storedPart: "none" });
    answered.value = down;
    expect((await scope()).text).toMatch(/^memmond did not run: .* \(1 hr\)\. What happened then is in no figure\.$/);
  });

  it("is not complete where its beginning is not stored, and says from when on it is", async () => {
    const { text, html } = await note(answer({ storedFromMs: range.fromMs + 1_800_000, unrecordedMs: 1_800_000 }));
    expect(text).toMatch(/^Nothing from before Feb 3, 2020, \d\d:30:00 is stored: what came then is in no figure\. Held/);
    expect(html).toContain('data-complete="false"');
    // When the last of several captures began says nothing of that.
    const again = create(HostTotalsSchema, { captureStartTime: timestampFromMs(range.fromMs + 600_000) });
    expect((await note(answer({ totals: again }))).text).toMatch(/^Complete: no event of this range is known to be lost\. Held/);
  });

  it("says when memmond began anew in it, and what is not known for that", async () => {
    const processes = { ...answer().processes, anewMs: range.fromMs + 600_000 };
    expect((await note(answer({ processes }))).text).toMatch(/ memmond restarted \(Feb 3, 2020, \d\d:10:00\): of processes that were there before, neither the number of calls nor the change in what they hold is known\. Held/);
    expect((await note(answer({ processes }), "es")).text).toMatch(/ memmond se reinició \(3 feb 2020, \d\d:10:00\): de los procesos que ya existían no se sabe cuántas llamadas hicieron/);
    expect((await note(answer())).text).not.toContain("anew");
    // Of one process all that it called is known.
    route.value = { name: "process" };
    expect((await note(answer({ processes }))).text).toMatch(/ memmond restarted \(.*\): from then on, what is held counts from 0 again\. Held/);
    route.value = { name: "dashboard" };
  });

  it("is not said to be complete by who cannot tell", async () => {
    expect((await note(old)).text).toMatch(/^This memmond cannot tell whether events of this range were lost\./);
  });
});

describe("two ranges", () => {
  it("have a difference where something is stored of both, and say how much", async () => {
    const { text, html } = await compared(answer(), part);
    expect(html).not.toContain("no-figure");
    expect(text).toMatch(/A .*Complete: no event.* B .*Nothing is stored after .* Requested in A, less B \+ 8\.00 KiB/);
  });

  it("are compared by the second where more is stored of one, over the time that is", async () => {
    const { text } = await compared(answer(), part);
    expect(text).toMatch(/A .* 1\.00.KiB per second Complete.* B .* 2\.00.KiB per second over 30 min of 1 hr Nothing is stored after/);
    expect(text).toContain("Events are stored of 1 hr of A and of 30 min of B: compare what was requested per second.");
    expect((await compared(answer(), answer())).text).not.toMatch(/ over |Events are stored of/);
  });

  it("say in which of them memmond began anew, and what is not known for that", async () => {
    const anew = answer({ processes: { ...answer().processes, anewMs: range.fromMs + 600_000 } });
    expect((await compared(answer(), anew)).text).toMatch(/memmond restarted in B \(Feb 3, 2020, \d\d:10:00\): what processes that were there before called in B is not known/);
    expect((await compared(answer(), answer())).text).not.toContain("restarted");
  });

  it("have none where nothing is stored of one", async () => {
    const { text, html } = await compared(none, answer());
    expect(html.match(/data-testid="no-figure"/g)).toHaveLength(2);
    expect(text).toMatch(/Requested in A, less B — Nothing of this range is stored/);
  });
});
