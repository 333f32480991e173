// SPDX-License-Identifier: Apache-2.0
//
// The alerts that somebody has set, and what came of them. Made once for the whole page. Rules outlive
// the visit; what they told of does not: it is of this page's looking.

import { type ComputedRef, type InjectionKey, type Ref, type ShallowRef, computed, inject, onScopeDispose, provide, ref, shallowRef, watch, watchEffect } from "vue";
import { type Alarm, type AlertRule, AlertWatch, formatRules, maxRules, parseRules } from "@/domain/alerts";
import { processHash } from "@/domain/route";
import { steadyNow } from "@/domain/steadyClock";
import { alarmText } from "@/domain/alarmText";
import { recall, recallText, remember } from "./storage";
import type { I18n } from "./useI18n";
import type { Monitor } from "./useMonitor";

/** Of the browser's own notifications. "blocked": the browser must be told to allow them. */
export type Notify = "unsupported" | "blocked" | "off" | "on";

export interface Alerts {
  readonly rules: Readonly<ShallowRef<readonly AlertRule[]>>;
  /** No more can be set. */
  readonly full: ComputedRef<boolean>;
  readonly add: (rule: Omit<AlertRule, "id">) => void;
  readonly remove: (id: string) => void;
  /** Newest first. */
  readonly alarms: Readonly<ShallowRef<readonly Alarm[]>>;
  /** Alarms that nobody has looked at. */
  readonly unseen: Readonly<Ref<number>>;
  readonly markSeen: () => void;
  readonly clear: () => void;
  readonly notify: Readonly<Ref<Notify>>;
  /** Asks the browser, which asks the person: only ever on a click. */
  readonly setNotify: (on: boolean) => Promise<void>;
}

const alertsKey: InjectionKey<Alerts> = Symbol("alerts");

function permitted(): Notify {
  if (!("Notification" in window)) return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  return Notification.permission === "granted" && recall("notify", ["on"]) === "on" ? "on" : "off";
}

export function provideAlerts(monitor: Monitor, i18n: I18n): Alerts {
  const rules = shallowRef<readonly AlertRule[]>(parseRules(recallText("alerts")));
  const alarms = shallowRef<readonly Alarm[]>([]);
  const unseen = ref(0);
  const notify = ref<Notify>(permitted());
  const alertWatch = new AlertWatch();
  const facts = {
    growth: (key: string) => monitor.history.growth(key),
    isJustMet: (key: string) => monitor.isJustMet(key),
  };

  function setRules(next: readonly AlertRule[]): void {
    rules.value = next;
    remember("alerts", next.length === 0 ? undefined : formatRules(next));
  }

  /** One for all that came at a time: a night's worth of them would bury the screen. */
  function show(fresh: readonly Alarm[]): void {
    const [first] = fresh;
    if (first === undefined || notify.value !== "on") return;
    const rest = fresh.length - 1;
    const body = rest === 0 ? alarmText(first, i18n) : `${alarmText(first, i18n)} ${i18n.tn("alerts.more", rest)}`;
    const host = monitor.status.value?.source?.hostName ?? "";
    try {
      const note = new Notification(["memmon", host].filter(Boolean).join(" · "), { body, tag: `memmon ${first.key}`, icon: "/favicon.svg" });
      note.onclick = () => {
        window.focus();
        window.location.hash = processHash(first.key);
      };
    } catch {
      // Some browsers have notifications for installed pages alone.
      notify.value = "unsupported";
    }
  }

  watch([monitor.historyVersion, rules], () => {
    // Before the first snapshot everything would read as new.
    if (!monitor.told.value) return;
    const fresh = alertWatch.look(rules.value, monitor.rows.value, facts, Date.now(), steadyNow());
    const news = fresh.filter(({ already }) => !already);
    alarms.value = alertWatch.alarms;
    unseen.value += news.length;
    show(news);
  });
  // Who wants to be told while the page is hidden needs it to go on there.
  watchEffect(() => monitor.stayAwake(notify.value === "on" && rules.value.length > 0));
  // Another tab has the same rules.
  const follow = (event: StorageEvent) => {
    if (event.key === "memmon.alerts") rules.value = parseRules(event.newValue ?? undefined);
  };
  window.addEventListener("storage", follow);
  onScopeDispose(() => window.removeEventListener("storage", follow));

  const alerts: Alerts = {
    rules,
    full: computed(() => rules.value.length >= maxRules),
    add(rule) {
      if (rules.value.length < maxRules) setRules([...rules.value, { ...rule, id: `${Date.now()}` }]);
    },
    remove: (id) => setRules(rules.value.filter((rule) => rule.id !== id)),
    alarms,
    unseen,
    markSeen: () => (unseen.value = 0),
    clear() {
      alertWatch.clear();
      alarms.value = [];
      unseen.value = 0;
    },
    notify,
    async setNotify(on) {
      remember("notify", on ? "on" : undefined);
      if (on && "Notification" in window && Notification.permission === "default") await Notification.requestPermission();
      notify.value = permitted();
    },
  };
  provide(alertsKey, alerts);
  return alerts;
}

export function useAlerts(): Alerts {
  const alerts = inject(alertsKey);
  if (alerts === undefined) throw new Error("useAlerts needs provideAlerts above it");
  return alerts;
}
