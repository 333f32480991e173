// SPDX-License-Identifier: Apache-2.0
//
// What a process is compared with, as a link says it, also where nobody knows that any more.

import { expect, it, vi } from "vitest";
import { shallowRef } from "vue";
import CompareChooser from "@/components/comparison/CompareChooser.vue";
import { row } from "../builders";
import { render } from "./render";

vi.mock("@/composables/useMonitor", () => ({ useMonitor: () => ({ rows: shallowRef([row(1, { name: "one" }), row(2, { name: "two" })]) }) }));
vi.mock("@/composables/useRouter", () => ({ useRouter: () => ({ range: shallowRef(), compare: vi.fn(), compareWith: vi.fn(), lookAt: vi.fn() }) }));
vi.mock("@/composables/useTimeline", () => ({ useTimeline: () => ({ stored: shallowRef(false) }) }));

const chooser = (more: object, locale: "en" | "es" = "en") => render(CompareChooser, { processKey: "1:1", span: { fromMs: 0, toMs: 60_000 }, ...more }, locale);

it("says that nobody knows the other one, and offers to leave it or to choose another", async () => {
  const { text, html } = await chooser({ unknownPid: 77 });
  expect(text).toMatch(/^compared with process 77, which is not known here \(any more\) Compare with… two \(2\)$/);
  expect(html).toContain('aria-label="Stop comparing"');
  expect((await chooser({ unknownPid: 77 }, "es")).text).toMatch(/^comparado con el proceso 77, que aquí no se conoce \(o ya no\)/);
});

it("names the other one where it is known, and lets choose where there is none", async () => {
  expect((await chooser({ otherRow: row(2, { name: "two" }) })).text).toBe("compared with two (2)");
  expect((await chooser({})).text).toBe("Compare with… two (2)");
});
