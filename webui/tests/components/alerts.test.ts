// SPDX-License-Identifier: Apache-2.0
//
// The window of alerts: what it says of the browser's own notifications, and when it offers them.

import { describe, expect, it, vi } from "vitest";
import { ref, shallowRef } from "vue";
import AlertsDialog from "@/components/alerts/AlertsDialog.vue";
import type { Alarm, AlertRule } from "@/domain/alerts";
import type { Notify } from "@/composables/useAlerts";
import { render } from "./render";

const alerts = {
  rules: shallowRef<readonly AlertRule[]>([]),
  alarms: shallowRef<readonly Alarm[]>([]),
  unseen: ref(0),
  notify: ref<Notify>("off"),
  markSeen: () => undefined,
};
vi.mock("@/composables/useAlerts", () => ({ useAlerts: () => alerts }));
vi.mock("@/composables/useMonitor", () => ({ useMonitor: () => ({ unseen: shallowRef() }) }));
vi.mock("@/components/alerts/AlertForm.vue", () => ({ default: () => null }));

describe("to be told outside the page", () => {
  it.each([
    ["off", "The browser asks you first.", "El navegador", true],
    ["on", "While an alert is set this page goes on when it is hidden.", "Mientras", true],
    ["blocked", "This browser does not allow it: change that in its settings for this address.", "Este navegador no lo permite", false],
    ["unsupported", "This browser cannot, at this address: it takes https, or the machine itself (127.0.0.1).", "Este navegador no puede", false],
  ] as const)("is offered where the browser can, and else says what to do: %s", async (notify, english, spanish, offered) => {
    alerts.notify.value = notify;
    const { html, text } = await render(AlertsDialog);
    expect(text).toContain(english);
    expect((await render(AlertsDialog, {}, "es")).text).toContain(spanish);
    const box = /<input[^>]*data-testid="notify"[^>]*>/.exec(html)?.[0] ?? "";
    expect(/ disabled/.test(box)).toBe(!offered);
    expect(/ checked/.test(box)).toBe(notify === "on");
  });
});
