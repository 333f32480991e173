// SPDX-License-Identifier: Apache-2.0
//
// What the page says where something is wrong: with the source, the database, the connection.

import { type MessageInitShape, create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ref, shallowRef } from "vue";
import AppHeader from "@/components/header/AppHeader.vue";
import ConnectionBadge from "@/components/header/ConnectionBadge.vue";
import CopyCommand from "@/components/ui/CopyCommand.vue";
import DatabaseNotice from "@/components/notices/DatabaseNotice.vue";
import HostNotices from "@/components/notices/HostNotices.vue";
import SourceNotice from "@/components/notices/SourceNotice.vue";
import UpdatedNotice from "@/components/notices/UpdatedNotice.vue";
import UntrackedNotice from "@/components/notices/UntrackedNotice.vue";
import type { Gap } from "@/domain/gapWatch";
import type { ConnectionState, Phase, Reason } from "@/domain/connection";
import { type GetStatusResponse, GetStatusResponseSchema } from "@/gen/memmon/v1/memmon_pb";
import { type HostTotals, HostTotalsSchema } from "@/gen/memmon/v1/process_pb";
import { DatabaseStatus_Cause as DatabaseCause, DatabaseStatus_State as DatabaseState, SourceStatus_Cause as SourceCause } from "@/gen/memmon/v1/status_pb";
import { render } from "./render";

const connection = shallowRef<ConnectionState>({ name: "live" });
const monitor = {
  status: shallowRef<GetStatusResponse>(),
  totals: shallowRef<HostTotals>(),
  phase: shallowRef<Phase>({ name: "open" }),
  missingCount: ref(0n),
  unseen: shallowRef(),
  gap: shallowRef<Gap>(),
  serviceLoad: ref(),
};
vi.mock("@/composables/useMonitor", () => ({ useMonitor: () => monitor }));
vi.mock("@/composables/useConnection", () => ({ useConnection: () => connection }));
vi.mock("@/composables/useRouter", () => ({ useRouter: () => ({ range: shallowRef() }) }));
vi.mock("@/composables/useTheme", () => ({ useTheme: () => ({ choice: ref("system"), next: () => undefined }) }));
vi.mock("@/components/header/LiveRates.vue", () => ({ default: () => null }));
vi.mock("@/components/ui/CopyLink.vue", () => ({ default: () => null }));
vi.mock("@/components/header/HeaderTools.vue", () => ({ default: () => null }));

function say(status: MessageInitShape<typeof GetStatusResponseSchema>): void {
  monitor.status.value = create(GetStatusResponseSchema, status);
}
const totals = (more: MessageInitShape<typeof HostTotalsSchema> = {}) =>
  create(HostTotalsSchema, { captureStartTime: timestampFromMs(Date.UTC(2026, 10, 25)), ...more });

beforeEach(() => {
  connection.value = { name: "live" };
  monitor.phase.value = { name: "open" };
  monitor.totals.value = totals();
  monitor.gap.value = undefined;
  say({ database: { state: DatabaseState.CONNECTED } });
});

describe("the notice of the database", () => {
  it("is not there while all is well", async () => {
    expect((await render(HostNotices)).text).toBe("");
    monitor.status.value = undefined;
    expect((await render(HostNotices)).text).toBe("");
    say({ database: { state: DatabaseState.DOWN } });
    expect((await render(HostNotices)).text).toContain("Events cannot be stored as they should be");
  });

  it("says what is wrong and what to do in the page's language, and memmond's words as English", async () => {
    say({ database: { state: DatabaseState.DOWN, causes: [DatabaseCause.NO_DATABASE], problem: "FATAL: no database" } });
    const { text, html } = await render(DatabaseNotice, {}, "es");
    expect(text).toContain("El servidor no tiene esa base de datos");
    expect(text).toContain("Créela, o corrija el nombre en --database.");
    expect(text).toContain("El directo sigue");
    expect(text).toContain("createdb memmon");
    expect(html).toMatch(/lang="en"[^>]*>FATAL: no database</);
  });

  it("hands over what opens a database that lets nobody in", async () => {
    say({ database: { state: DatabaseState.DOWN, causes: [DatabaseCause.CLOSED], problem: "FATAL: not accepting connections" } });
    const spanish = await render(DatabaseNotice, {}, "es");
    expect(spanish.text).toContain("La base de datos no admite conexiones");
    expect(spanish.text).toContain("Vuelva a permitirlas, o nombre otra con --database.");
    const { text } = await render(DatabaseNotice);
    expect(text).toContain("The database takes no connections");
    expect(text).toContain("ALLOW_CONNECTIONS true");
    expect(text).not.toContain("pg_isready");
  });

  it("does not say that events wait where they are stored", async () => {
    say({ database: { state: DatabaseState.CONNECTED, causes: [DatabaseCause.SPOOL_UNWRITABLE], problem: "cannot write" } });
    const { text } = await render(DatabaseNotice);
    expect(text).toContain("The spool cannot be written");
    expect(text).not.toContain("Live goes on");
  });
});

it("nothing is said to wait where the spool has no room", async () => {
  say({ database: { state: DatabaseState.DOWN, causes: [DatabaseCause.UNREACHABLE] } });
  expect((await render(DatabaseNotice)).text).toContain("events wait");
  say({ database: { state: DatabaseState.DOWN, causes: [DatabaseCause.UNREACHABLE, DatabaseCause.SPOOL_FULL] } });
  expect((await render(DatabaseNotice)).text).not.toContain("events wait");
});

it("processes that memmond has no room for are told of, and what to do", async () => {
  say({ database: { state: DatabaseState.CONNECTED }, service: { memoryLimitBytes: 268_435_456n } });
  monitor.totals.value = totals({ untrackedCount: 1_204n });
  expect((await render(HostNotices)).text).toBe("1,204 events are of processes that memmond has no room to list Give memmond more memory (--memory 512M); it has 256 MiB. Where systemd runs it, MemoryHigh and MemoryMax of its unit must be above that.");
  expect((await render(UntrackedNotice, { count: 1_204n, limit: 3n << 30n }, "es")).text).toBe("1204 eventos son de procesos para los que memmond no tiene sitio Dé más memoria a memmond (--memory 8G); tiene 3,00 GiB. Si lo ejecuta systemd, MemoryHigh y MemoryMax de su unidad deben quedar por encima.");
});

describe("the notice of the source", () => {
  it("says why there are no events, and hands over the command", async () => {
    connection.value = { name: "waiting" };
    say({ source: { cause: SourceCause.MISSING, problem: "it is not there. Type: sudo modprobe memmon" } });
    const { text } = await render(SourceNotice);
    expect(text).toContain("No events yet: the kernel module is not there");
    expect(text).toContain("Type this on the host sudo modprobe memmon Copy");
    expect((await render(HostNotices)).text).toBe(text);
    connection.value = { name: "live" };
    say({});
    expect((await render(HostNotices)).text).toBe("");
  });

  it("says what to do in the page's language, and memmond's words as English, whatever the cause", async () => {
    connection.value = { name: "waiting" };
    const causes = Object.values(SourceCause).filter((cause) => typeof cause === "number");
    const told = new Set<string>();
    for (const [name, of] of [["waiting", "todo"], ["failed", "todo"]] as const) {
      connection.value = { name };
      for (const cause of causes) {
        say({ source: { cause, problem: "its own words" } });
        const { text, html } = await render(SourceNotice, {}, "es");
        expect(text, `${name} ${cause} ${of}`).not.toContain("problem.");
        expect(html).toMatch(/memmond dice: <span[^>]*lang="en"[^>]*>its own words</);
        told.add(text);
      }
    }
    // A recording is nobody's alone: a cause less.
    expect(told.size).toBe(2 * causes.length - 1);
    connection.value = { name: "waiting" };
    say({ source: { cause: SourceCause.NO_PERMISSION, problem: "no permission" } });
    expect((await render(SourceNotice, {}, "es")).text).toContain("Ponga al usuario de memmond en el grupo memmon");
  });

  it("says that a recording ends too soon", async () => {
    connection.value = { name: "ended" };
    say({ source: { name: "replay:a" } });
    expect((await render(SourceNotice)).text).not.toContain("in the middle of a record");
    say({ source: { name: "replay:a", cause: SourceCause.DAMAGED, problem: "cut short" } });
    expect((await render(SourceNotice)).text).toContain("in the middle of a record");
  });

  it("says what the module does not watch", async () => {
    say({ source: { notCovered: ["stack", "brk"] } });
    expect((await render(HostNotices)).text).toContain("totals may be late there: stack, brk");
  });
});

it("a page that is older than memmond's says what to do, in both languages", async () => {
  expect((await render(UpdatedNotice)).text).toBe("memmond was updated: reload the page Reload");
  expect((await render(UpdatedNotice, {}, "es")).text).toBe("memmond se ha actualizado: vuelva a cargar la página Volver a cargar");
});

it("a command stands as it is typed", async () => {
  const { html } = await render(CopyCommand, { command: "a && b --keep-days=9" });
  expect(html.replace(/<[^>]+>/g, "")).toMatch(/^a &amp;&amp; b --keep-days=9Copy/);
  // Where there is little room a line ends between words, never at the hyphens of one.
  expect(html).toContain(">--keep-days=9</span>");
});

describe("the header", () => {
  const header = async () => (await render(AppHeader)).text;

  it("calls the stream complete while it comes, and where a recording came to its end", async () => {
    expect(await header()).toMatch(/Records none lost (?!so far)/);
    connection.value = { name: "ended" };
    expect(await header()).toMatch(/Records none lost (?!so far)/);
  });

  it.each([{ name: "waiting" }, { name: "failed" }, { name: "stale", ageSeconds: 9 }, { name: "reconnecting", inSeconds: 3 }] as const)(
    "says that it was so far where nothing comes: $name",
    async (state) => {
      connection.value = state;
      expect(await header()).toContain("Records none lost so far");
    },
  );

  it("says nothing of a stream that never began", async () => {
    monitor.totals.value = create(HostTotalsSchema);
    expect(await header()).toContain("Records none yet");
  });

  it("says of a recording since when it was recorded, not that anything is captured now", async () => {
    say({ source: { name: "device:/dev/memmon" } });
    expect(await header()).toContain("Capturing since");
    connection.value = { name: "recording" };
    say({ source: { name: "replay:/var/tmp/build.trace" } });
    const text = await header();
    expect(text).toMatch(/Recorded since .*Source recording build\.trace/);
    expect(text).not.toContain("Capturing");
    expect(text).toMatch(/Records none lost (?!so far)/);
  });

  it("says which host it is, its kernel, and since when it is captured", async () => {
    say({ source: { name: "device:/dev/memmon", hostName: "ceiba", kernelRelease: "6.1.0-56-amd64" } });
    monitor.totals.value = totals({ captureStartTime: timestampFromMs(new Date(2020, 1, 3, 12, 34, 56).getTime()) });
    const { html, text } = await render(AppHeader);
    expect(text).toMatch(/Host ceiba Kernel 6\.1\.0-56-amd64 Capturing since Feb 3, 2020, (12:34|12:34 PM) Database /);
    // That it is the module is what everybody expects.
    expect(text).not.toContain("Source");
    // To the second for who points at it.
    expect(html).toMatch(/title="When the capture began: [^"]*2020[^"]*12:34:56/);
    expect((await render(AppHeader, {}, "es")).text).toMatch(/Equipo ceiba Núcleo 6\.1\.0-56-amd64 Captura desde 3 feb 2020, 12:34 /);
    say({});
    expect(await header()).not.toMatch(/Host|Kernel/);
  });

  it("counts what was lost, also where nothing comes now", async () => {
    monitor.totals.value = totals({ lostCount: 12n });
    connection.value = { name: "waiting" };
    expect(await header()).toContain("gap: 12 events");
  });

  it("says how many were lost last, when that was, and how many in all", async () => {
    monitor.totals.value = totals({ lostCount: 18_517n });
    monitor.gap.value = { count: 1n, atMs: new Date(2020, 1, 3, 12, 34).getTime(), before: false };
    const { text, html } = await render(AppHeader);
    expect(text).toMatch(/gap: 1 event at Feb 3, 2020, 12:34/);
    expect(html).toContain('title="18,517 records were lost on the way to memmond since the capture began"');
  });

  it("does not call complete what lacks processes", async () => {
    monitor.totals.value = totals({ untrackedCount: 1_204n });
    const { text, html } = await render(AppHeader);
    expect(text).toContain("Records none lost, 1,204 not listed");
    expect(html).toContain('title="1,204 events are of processes that are in no list and in no sum here"');
    monitor.totals.value = totals({ untrackedCount: 1n, lostCount: 2n });
    const both = await render(AppHeader);
    expect(both.text).toContain("gap: 2 events");
    expect(both.html).toContain("1 event is of a process that is in no list");
  });

  it("says that the database has a problem, and what it lost", async () => {
    say({ database: { state: DatabaseState.CONNECTED, problem: "words", lostCount: 7n } });
    expect(await header()).toContain("connected, with a problem, 7 events lost");
    say({ database: { state: DatabaseState.DOWN } });
    expect(await header()).toContain("down, live goes on");
  });
});

describe("the badge of the connection", () => {
  it("says how it is, and offers to try where that can help", async () => {
    expect((await render(ConnectionBadge)).text).toContain("Live");
    connection.value = { name: "reconnecting", inSeconds: 3 };
    monitor.phase.value = { name: "waiting", attempt: 1, retryAtMs: 0, reason: { kind: "silent", words: "" } };
    const { text, html } = await render(ConnectionBadge);
    expect(text).toContain("Reconnecting in 3 s Try now");
    expect(html).toContain('title="memmond fell silent"');
    const because = async (reason: Reason, locale: "en" | "es" = "en") => {
      monitor.phase.value = { name: "waiting", attempt: 1, retryAtMs: 0, reason };
      return /title="([^"]*)"/.exec((await render(ConnectionBadge, {}, locale)).html)?.[1];
    };
    expect(await because({ kind: "unreachable", words: "" })).toBe("memmond cannot be reached");
    expect(await because({ kind: "broken", words: "" }, "es")).toBe("El flujo se cortó");
    expect(await because({ kind: "error", words: "shutting down" })).toBe("memmond says: shutting down");
    monitor.phase.value = { name: "open" };
    connection.value = { name: "stale", ageSeconds: 9 };
    expect((await render(ConnectionBadge)).text).toBe("Silent for 9 s");
    expect((await render(ConnectionBadge, {}, "es")).text).toBe("Sin noticias desde hace 9 s");
    connection.value = { name: "recording" };
    expect((await render(ConnectionBadge)).text).toMatch(/Playing a recording$/);
    expect((await render(ConnectionBadge, {}, "es")).text).toMatch(/Reproduciendo una grabación$/);
    connection.value = { name: "token" };
    monitor.phase.value = { name: "refused", refusal: "token", words: "" };
    expect((await render(ConnectionBadge)).html).not.toContain("retry-now");
  });
});
