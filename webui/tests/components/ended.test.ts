// SPDX-License-Identifier: Apache-2.0
//
// What is said of a process that has ended: as it was, and nothing that only the living have.

import { describe, expect, it, vi } from "vitest";
import { shallowRef } from "vue";
import ProcessFigures from "@/components/process/ProcessFigures.vue";
import WhyDifferent from "@/components/process/WhyDifferent.vue";
import { row } from "../builders";
import { render } from "./render";

const monitor = { told: shallowRef(true), totals: shallowRef() };
vi.mock("@/composables/useMonitor", () => ({ useMonitor: () => monitor }));

const figures = (ended: boolean, locale: "en" | "es" = "en") =>
  render(ProcessFigures, { row: row(4, { held: 4_096n, virtualSize: 8_192n, resident: 4_096n, ended }), rate: 3 }, locale);
const why = (held: bigint, virtualSize: bigint, ended: boolean, locale: "en" | "es" = "en") =>
  render(WhyDifferent, { row: row(4, { held, virtualSize, ended }), sharers: 0, calls: undefined }, locale);

describe("the figures of a process", () => {
  it("say how it is while it lives", async () => {
    const { text } = await figures(false);
    expect(text).toMatch(/^Held 4\.00 KiB Virtual size 8\.00 KiB/);
    expect(text).toMatch(/Resident .*Calls per second 3\.0$/);
  });

  it("say how it was once it has ended, and neither how often it calls nor what is resident", async () => {
    const { text } = await figures(true);
    expect(text).toMatch(/^Held at the end 4\.00 KiB Virtual size at the end 8\.00 KiB/);
    expect(text).not.toMatch(/Resident|Calls per second/);
    expect((await figures(true, "es")).text).not.toMatch(/Residente|Llamadas por segundo/);
  });
});

describe("why held and virtual size differ", () => {
  it.each([
    [4_096n, 8_192n, "Its address space is 8.00 KiB, and it holds 4.00 KiB", "When it ended its address space was 8.00 KiB, and it held 4.00 KiB"],
    [8_192n, 4_096n, "It holds 8.00 KiB by mmap, and its address space is 4.00 KiB", "When it ended it held 8.00 KiB by mmap, and its address space was 4.00 KiB"],
    [4_096n, 4_096n, "They do not: both are 4.00 KiB.", "They did not: when it ended both were 4.00 KiB."],
  ])("is told in the past of who has ended: %i and %i", async (held, virtualSize, now, then) => {
    const living = await why(held, virtualSize, false);
    expect(living.text).toContain(now);
    expect(living.text).not.toContain("It has ended");
    const ended = await why(held, virtualSize, true);
    expect(ended.text).toContain("It has ended, and all of it is given back. These are its last figures.");
    expect(ended.text).toContain(then);
    expect(ended.text).not.toContain(now);
  });

  it("is told in the past in Spanish, too", async () => {
    expect((await why(4_096n, 4_096n, true, "es")).text).toContain("No diferían: al terminar, ambos eran 4,00 KiB.");
    expect((await why(4_096n, 8_192n, true, "es")).text).toContain("Al terminar, su espacio de direcciones medía 8,00 KiB");
  });
});
