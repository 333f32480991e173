// SPDX-License-Identifier: Apache-2.0
//
// The lines of the process table: what each says, and what it does not because there is no such figure.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { ref, shallowRef } from "vue";
import NoFigure from "@/components/ui/NoFigure.vue";
import PrintTable from "@/components/table/PrintTable.vue";
import ProcessGroupRow from "@/components/table/ProcessGroupRow.vue";
import ProcessTableRow from "@/components/table/ProcessTableRow.vue";
import { columns } from "@/domain/columns";
import { sumUp, unknownGroup } from "@/domain/group";
import type { GroupLine } from "@/domain/outline";
import type { ProcessRow } from "@/domain/process";
import { row } from "../builders";
import { type Rendered, render } from "./render";

const rate = ref<number>();
const growth = ref(4_096);
const watchedSeconds = ref(60);
const measures = { rate: () => rate.value, growth: () => growth.value, recentHeld: () => Array.from({ length: watchedSeconds.value }, () => 1) };
const rows = shallowRef<readonly ProcessRow[]>([]);
const monitor = { rows, rowOf: (key: string) => rows.value.find((one) => one.key === key), history: measures, historyVersion: ref(0), totals: shallowRef() };
vi.mock("@/composables/useMonitor", () => ({ useMonitor: () => monitor }));
vi.mock("@/composables/useRouter", () => ({ useRouter: () => ({ processLink: (key: string) => `#${key}` }) }));
vi.mock("@/composables/useTableState", () => ({
  useTableState: () => ({ columns: ref(columns), pins: ref([]), arrangement: ref("program"), search: ref(""), togglePin: () => undefined }),
}));
beforeEach(() => {
  rate.value = 2;
  growth.value = 4_096;
  watchedSeconds.value = 60;
});

const ofLiving = ["held", "virtualSize", "resident", "share", "rate", "trend"];
const lineOf = ({ key }: ProcessRow) => ({ type: "process", id: key, key, depth: 1, pinned: false, below: 0, open: false, context: false }) as const;
const groupOf = (members: readonly ProcessRow[]) =>
  ({ type: "group", id: "program:p", name: "p", label: "p", keys: members.map(({ key }) => key), open: true }) as const;
const lineText = (one: ProcessRow, locale: "en" | "es" = "en") =>
  render(ProcessTableRow, { line: lineOf(one), row: one, memory: 1_000n, chosen: false, active: false }, locale);
const headText = (members: readonly ProcessRow[]) =>
  render(ProcessGroupRow, { line: groupOf(members), sums: sumUp(members, measures), memory: 1_000n, active: false });

const missing = ({ html }: Rendered) => [...html.matchAll(/data-none="(\w+)"/g)].map(([, column]) => column);
const heldBytes = ({ html }: Rendered) => [...html.matchAll(/data-bytes="(\d+)"/g)].map(([, bytes]) => BigInt(bytes ?? ""))[0] ?? 0n;

const living = row(1, { held: 100n, virtualSize: 300n, resident: 50n, requested: 7n });
const other = row(2, { held: 20n, virtualSize: 60n, resident: 10n, requested: 8n });
const gone = row(3, { held: 900n, virtualSize: 800n, resident: 70n, requested: 4_096n, ended: true });

it("a figure that there is not is a dash, and is read out as why", async () => {
  const { html, text } = await render(NoFigure, { why: "for a reason" });
  expect(text).toBe("— for a reason");
  expect(html).toMatch(/title="for a reason".*aria-hidden="true"[^>]*>—<.*visually-hidden"[^>]*>for a reason</);
});

describe("a process's line", () => {
  it("has all figures while it lives", async () => {
    const line = await lineText(living);
    expect(missing(line)).toEqual([]);
    expect(heldBytes(line)).toBe(100n);
    expect(line.text).toContain("2.0");
  });

  it("says of nobody whose it is where nobody knows, rather than root's, and why", async () => {
    const unknown = row(4, { uid: undefined, container: undefined, cgroupId: undefined, requested: 5n, ended: true });
    const line = await lineText(unknown);
    expect(missing(line)).toEqual(["user", "container", "cgroup", ...ofLiving]);
    expect(line.text).toMatch(/not known Not known here: neither end of the range has it\. Its own page says whose it was/);
    expect(line.html).not.toContain("user-cell");
    expect((await lineText(unknown, "es")).text).toMatch(/no se sabe Aquí no se sabe: no está en ningún extremo del intervalo/);
  });

  it("has no figure of a time in which memmond began anew, and says why", async () => {
    const anew = row(5, { held: 100n, requested: undefined, anew: true });
    const line = await lineText(anew);
    expect(missing(line)).toEqual(["requested", "rate", "trend"]);
    expect(line.text).toContain("No figure: memmond restarted in the range");
    expect((await lineText(anew, "es")).text).toContain("Sin cifra: memmond se reinició dentro del intervalo");
    expect(missing(await headText([anew, living]))).toEqual(["requested", "rate", "trend"]);
  });

  it("has of who has ended what it requested, and no last figure that looks like one of now", async () => {
    const line = await lineText(gone);
    expect(missing(line)).toEqual(ofLiving);
    expect(line.text).toContain("4.00 KiB");
    expect(line.text).not.toMatch(/900|800|70/);
    expect(line.text).toContain("It has ended: its own page has its last figures");
    expect((await lineText(gone, "es")).text).toContain("Ha terminado: su propia página tiene sus últimas cifras");
  });

  it("has no rate where none is known", async () => {
    rate.value = undefined;
    const line = await lineText(living);
    expect(missing(line)).toEqual(["rate"]);
    expect(line.text).toContain("— not known yet");
    rate.value = 0;
    expect(missing(await lineText(living))).toEqual([]);
  });

  it("says nothing of a minute ago before it was watched for a minute", async () => {
    growth.value = 0;
    expect((await lineText(living)).text).toMatch(/as much as a minute ago$/);
    expect((await lineText(living, "es")).text).toMatch(/lo mismo que hace un minuto$/);
    watchedSeconds.value = 59;
    for (const since of [0, 4_096, -4_096]) {
      growth.value = since;
      expect((await lineText(living)).text).toMatch(/not known yet$/);
      expect((await lineText(living)).html).not.toContain("a minute ago");
    }
  });
});

describe("a group's line", () => {
  it("is what the lines below it add up to, though some have ended", async () => {
    const members = [living, other, gone];
    const parts = await Promise.all(members.map((one) => lineText(one)));
    expect(heldBytes(await headText(members))).toBe(parts.reduce((sum, part) => sum + heldBytes(part), 0n));
    expect(missing(await headText(members))).toEqual([]);
  });

  it("has no figure of the living where nobody lives", async () => {
    const head = await headText([gone]);
    expect(missing(head)).toEqual(ofLiving);
    expect(head.text).toContain("All of them have ended");
    expect(head.text).toContain("4.00 KiB");
  });

  it("says as theirs do where records about one of them were lost", async () => {
    const late = { ...other, uncertain: true };
    expect((await lineText(late)).html).toContain('aria-label="may be late: records were lost"');
    expect((await headText([living, late])).html).toContain('aria-label="may be late: records were lost"');
    expect((await headText([living, other])).html).not.toContain("≈");
  });

  it("has no rate where none is known", async () => {
    rate.value = undefined;
    expect(missing(await headText([living, other]))).toEqual(["rate"]);
  });
});

it("a group of those of whom nobody knows whose they were says so, and a program may be called so", async () => {
  const unknown = { ...groupOf([living]), id: "user:?", name: unknownGroup, label: "" };
  const title = async (line: GroupLine) => (await render(ProcessGroupRow, { line, sums: sumUp([living], measures), memory: 1_000n, active: false })).text;
  expect(await title(unknown)).toMatch(/^not known 1 /);
  expect(await title({ ...unknown, label: "?" })).toMatch(/^\? 1 /);
});

describe("the table on paper", () => {
  const cells = async (members: readonly ProcessRow[]) => {
    rows.value = members;
    const { html } = await render(PrintTable, { lines: [groupOf(members), ...members.map(lineOf)] });
    return [...html.matchAll(/<tr class="?[^>]*>([^]*?)<\/tr>/g)].map(([, line = ""]) =>
      [...line.matchAll(/<td[^>]*>([^]*?)<\/td>/g)].map(([, cell = ""]) => cell.replace(/<[^>]+>/g, "").replace(/\s+/g, " ").trim()),
    );
  };
  const at = (line: readonly string[] | undefined, names: readonly string[]) => names.map((name) => line?.[columns.findIndex((column) => column === name)]);

  it("marks lines that may be late, groups too", async () => {
    const names = async (members: readonly ProcessRow[]) => (await cells(members)).map((line) => at(line, ["name"])[0]);
    expect(await names([living, { ...gone, uncertain: true }])).toEqual(["p (2 processes) ≈", "p1", "p3 ≈ ended"]);
    expect(await names([living])).toEqual(["p (1 process)", "p1"]);
  });

  it("says what is not known as the screen does", async () => {
    const [, first, second] = await cells([row(4, { uid: undefined, container: undefined, cgroupId: undefined }), row(5, { requested: undefined, anew: true })]);
    expect(at(first, ["user", "container", "cgroup"])).toEqual(["not known", "not known", "not known"]);
    expect(at(second, ["user", "container", "cgroup", "requested", "trend"])).toEqual(["0", "", "", "—", "—"]);
  });

  it("has the same dashes as the screen", async () => {
    const [head, first, second] = await cells([living, gone]);
    expect(at(head, ofLiving)).not.toContain("—");
    expect(at(first, ofLiving)).not.toContain("—");
    expect(at(second, ofLiving)).toEqual(ofLiving.map(() => "—"));
    rate.value = undefined;
    expect(at((await cells([living]))[1], ["rate", "held"])).toEqual(["—", "100 B"]);
  });
});
