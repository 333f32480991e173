// SPDX-License-Identifier: Apache-2.0
//
// What is chosen of the log, and says so.

import { describe, expect, it } from "vitest";
import KindFilter from "@/components/KindFilter.vue";
import LogFilter from "@/components/LogFilter.vue";
import { render } from "./render";

const open = { failed: false, minLength: 0n, likeTable: true, tableSearch: "" };
const spaced = (html: string) => html.replaceAll("\u00a0", " ").replaceAll("&nbsp;", " ");

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
