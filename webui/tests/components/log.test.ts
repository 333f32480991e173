// SPDX-License-Identifier: Apache-2.0
//
// What is chosen of the log, and says so.

import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { shallowRef } from "vue";
import KindFilter from "@/components/log/KindFilter.vue";
import LogExplained from "@/components/log/LogExplained.vue";
import LogFilter from "@/components/log/LogFilter.vue";
import LogPrintNote from "@/components/log/LogPrintNote.vue";
import LogRow from "@/components/log/LogRow.vue";
import LogUnshown from "@/components/log/LogUnshown.vue";
import type { LogEntry } from "@/domain/eventLog";
import { event } from "../builders";
import { render } from "./render";

vi.mock("@/composables/useMonitor", () => ({ useMonitor: () => ({ status: shallowRef() }) }));
const open = { failed: false, minLength: 0n, likeTable: true, tableSearch: "" };
const spaced = (html: string) => html.replaceAll("\u00a0", " ").replaceAll("&nbsp;", " ");

describe("why a call failed", () => {
  it("can be asked by a button of its line, where there is more to say than its error", async () => {
    const line = async (result: bigint) => (await render(LogRow, { entry: { type: "event", id: 1, event: event({ result }) } as LogEntry, today: "today" })).html;
    expect(await line(-12n)).toMatch(/<button[^>]*log-why[^>]*>ENOMEM: no room for it/);
    for (const result of [-38n, 0n]) expect(await line(result)).not.toContain("log-why");
  });

  it("is said until it is closed, in both languages", async () => {
    expect((await render(LogExplained, { text: "ENOMEM: no" })).html).toMatch(/role="status".*ENOMEM: no.*aria-label="Close"/s);
    expect((await render(LogExplained, { text: "x" }, "es")).html).toContain('aria-label="Cerrar"');
  });
});

describe("the log on paper", () => {
  it("says how many lines are left out, and that addresses are, in both languages", async () => {
    expect((await render(LogPrintNote, { rest: 1_970 })).text).toBe("and 1,970 more lines that are not printed. Addresses are not printed: a file saved as CSV or JSON has them, and all lines.");
    expect((await render(LogPrintNote, { rest: 0 })).text).toMatch(/^Addresses are not printed/);
    expect((await render(LogPrintNote, { rest: 2 }, "es")).text).toMatch(/^y 2 líneas más que no se imprimen\. Las direcciones no se imprimen/);
  });
});

describe("the log's filters", () => {
  it("say what they leave, in both languages", async () => {
    expect((await render(LogFilter, open)).text).toMatch(/^Failed any length/);
    expect((await render(LogFilter, open, "es")).text).toMatch(/^Fallidas cualquier longitud/);
    expect(spaced((await render(LogFilter, open)).text)).toContain("≥ 1.00 MiB");
  });

  it("show the table's search only where there is one", async () => {
    expect((await render(LogFilter, open)).text).not.toContain("As in the table");
    expect((await render(LogFilter, { ...open, tableSearch: "user:ana" })).text).toContain("As in the table: user:ana");
  });

  it("let one error be chosen once failed calls are, in both languages", async () => {
    expect((await render(LogFilter, open)).html).not.toContain("log-error");
    const { text, html } = await render(LogFilter, { ...open, failed: true, error: "EACCES" }, "es");
    expect(text).toMatch(/^Fallidas cualquier error ENOMEM: no hubo sitio EINVAL: /);
    expect(html).toMatch(/<option value="EACCES"[^>]* selected/);
  });

  it("tell by more than their colour what is chosen", async () => {
    const pressed = async (more: object) => [...(await render(LogFilter, { ...open, tableSearch: "x", ...more })).html.matchAll(/aria-pressed="(\w+)"/g)].map(([, on]) => on);
    expect(await pressed({})).toEqual(["false", "true"]);
    expect(await pressed({ failed: true, likeTable: false })).toEqual(["true", "false"]);
  });
});

describe("the log's kinds", () => {
  it("are pressed where they are shown", async () => {
    const { html } = await render(KindFilter, { groups: new Set(["mmap", "life"]) });
    const pressed = [...html.matchAll(/data-kind="(\w+)"[^>]*aria-pressed="true"|aria-pressed="true"[^>]*data-kind="(\w+)"/g)].map(([, a, b]) => a ?? b);
    expect(pressed.sort()).toEqual(["life", "mmap"]);
  });
});

describe("a row's time", () => {
  beforeEach(() => void vi.useFakeTimers({ now: new Date(2026, 10, 28, 0, 5), toFake: ["Date"] }));
  afterEach(() => void vi.useRealTimers());

  const of = async (entry: LogEntry, locale: "en" | "es" = "en") => (await render(LogRow, { entry, today: new Date().toDateString() }, locale)).text;
  const call = (atMs: number): LogEntry => ({ type: "event", id: 1, event: event({ eventTime: timestampFromMs(atMs) }) });
  const gap = (atMs: number): LogEntry => ({ type: "gap", id: 1, cause: "lost", count: 2n, reason: "", atMs });

  it.each([call, gap])("has its day where that is not today, in both languages", async (entry) => {
    const [midnight, before] = [new Date(2026, 10, 28).getTime(), new Date(2026, 10, 27, 23, 59, 59, 7).getTime()];
    expect(await of(entry(midnight))).toMatch(/^00:00:00\.000 /);
    expect(await of(entry(before))).toMatch(/^Nov 27, 23:59:59\.007 /);
    expect(await of(entry(before), "es")).toMatch(/^27 nov, 23:59:59,007 /);
    expect(await of(entry(new Date(2025, 10, 28, 9).getTime()))).toMatch(/^Nov 28, 2025, 09:00:00\.000 /);
  });
});

describe("what the log does not show", () => {
  const unshown = (feed: string, count = 97_400) => ({ unshown: { feed, count, of: 100_000 } });

  it("is nothing where it shows all", async () => expect((await render(LogUnshown, { unshown: undefined })).text).toBe(""));

  it("is told with how much there is, and the cure, in both languages", async () => {
    expect((await render(LogUnshown, unshown("all"))).text).toBe("97,400 of 100,000 requests per second are not shown here; filter to see all of a process");
    expect((await render(LogUnshown, unshown("all", 1))).text).toMatch(/^1 of 100,000 requests per second is not/);
    expect((await render(LogUnshown, unshown("all"), "es")).text).toBe("Aquí no se muestran 97.400 de 100.000 solicitudes por segundo; filtre para ver todas las de un proceso");
    expect((await render(LogUnshown, unshown("own"))).text).toContain("narrow the filters to see all");
    expect((await render(LogUnshown, unshown("soon"))).text).toContain("were not looked through");
    expect((await render(LogUnshown, unshown("part"))).text).toContain("were not looked through");
    expect((await render(LogUnshown, unshown("nobody"))).text).toContain("were not looked through");
    expect((await render(LogUnshown, unshown("many"), "es")).text).toContain("busque 1000 procesos como mucho");
  });

  it("is explained where one points at it", async () => {
    expect((await render(LogUnshown, unshown("all"))).html).toMatch(/title="[^"]*500 per second are shown at most[^"]*No figure of this page is counted from them/);
  });
});
