// SPDX-License-Identifier: Apache-2.0
//
// What the browser is told to show, and where a click on that leads.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { effectScope, nextTick, ref, shallowRef } from "vue";
import { type Alerts, provideAlerts } from "@/composables/useAlerts";
import type { I18n } from "@/composables/useI18n";
import type { Monitor } from "@/composables/useMonitor";
import type { ProcessRow } from "@/domain/process";
import { createFormats } from "@/domain/format";
import { createTranslator, loadLanguage, withDetails } from "@/i18n";
import { row } from "../builders";

vi.mock("vue", async (original) => ({ ...(await original<object>()), provide: () => undefined }));

interface Shown {
  readonly title: string;
  readonly body: string;
  onclick?: () => void;
}
let shown: Shown[];
let permission: NotificationPermission;
let focused: number;
const kept = new Map<string, string>();
let scope = effectScope();
afterEach(() => scope.stop());

beforeEach(() => {
  scope = effectScope();
  shown = [];
  permission = "granted";
  focused = 0;
  kept.clear();
  kept.set("memmon.notify", "on");
  const Note = Object.defineProperty(
    function (this: Shown, title: string, { body = "" }: NotificationOptions) {
      shown.push(Object.assign(this, { title, body }));
    },
    "permission",
    { get: () => permission },
  );
  const store = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value), removeItem: (key: string) => kept.delete(key) };
  vi.stubGlobal("localStorage", store);
  vi.stubGlobal("Notification", Note);
  vi.stubGlobal("window", { localStorage: store, Notification: Note, location: { hash: "" }, focus: () => focused++, addEventListener: () => undefined, removeEventListener: () => undefined });
});

const monitor = { rows: shallowRef<readonly ProcessRow[]>([]), historyVersion: ref(0), told: ref(true), status: shallowRef({ source: { hostName: "ceiba" } }) };

async function begin(locale: "en" | "es" = "en"): Promise<Alerts> {
  const { messages } = await withDetails(await loadLanguage(locale));
  const words = { ...createTranslator(locale, messages), format: { value: createFormats(locale) } };
  const seen = { ...monitor, history: { growth: () => undefined }, isJustMet: () => false, stayAwake: () => undefined };
  const alerts = scope.run(() => provideAlerts(seen as unknown as Monitor, words as unknown as I18n));
  if (alerts === undefined) throw new Error("no alerts");
  await look([1, 2, 3].map((pid) => row(pid)));
  alerts.add({ kind: "noMemory", bytes: 0n, pattern: "" });
  await look([1, 2, 3].map((pid) => row(pid)));
  return alerts;
}

async function look(rows: readonly ProcessRow[]): Promise<void> {
  monitor.rows.value = rows;
  monitor.historyVersion.value++;
  await nextTick();
}
const refused = (pid: number) => row(pid, { noMemoryCount: 1n, noMemoryLargest: 4_096n });

describe("a notification", () => {
  it("opens its process, in this window", async () => {
    await begin();
    await look([refused(1), row(2), row(3)]);
    expect(shown.map(({ title }) => title)).toEqual(["memmon · ceiba"]);
    expect(shown[0]?.body).toMatch(/^p1 \(1\) was refused memory/);
    expect(shown[0]?.body).not.toContain("more");
    shown[0]?.onclick?.();
    expect(window.location.hash).toBe("#/process/1-1");
    expect(focused).toBe(1);
  });

  it("is one for all that came at a time", async () => {
    const alerts = await begin();
    await look([refused(1), refused(2), refused(3)]);
    expect(shown).toHaveLength(1);
    expect(shown[0]?.body).toMatch(/ And 2 more\.$/);
    expect(alerts.unseen.value).toBe(3);
  });

  it("says so in Spanish, too", async () => {
    await begin("es");
    await look([refused(1), refused(2), row(3)]);
    expect(shown[0]?.body).toMatch(/ Y 1 más\.$/);
  });

  it("is none where the browser blocks it, although it was wanted once", async () => {
    permission = "denied";
    const alerts = await begin();
    await look([refused(1), row(2), row(3)]);
    expect(alerts.notify.value).toBe("blocked");
    expect(shown).toEqual([]);
    expect(alerts.unseen.value).toBe(1);
  });
});
