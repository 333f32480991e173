// SPDX-License-Identifier: Apache-2.0
//
// One of a few, for the keyboard and for those who listen.

import { describe, expect, it } from "vitest";
import SegmentedControl from "@/components/ui/SegmentedControl.vue";
import { render } from "./render";

describe("a choice of one among a few", () => {
  it("is one stop of the Tab key, at what is chosen", async () => {
    const options = ["one", "two", "three"].map((value) => ({ value, text: value }));
    const { html } = await render(SegmentedControl, { label: "Which", options, modelValue: "two" });
    expect(html).toContain('role="radiogroup" aria-label="Which"');
    const radios = [...html.matchAll(/role="radio" data-value="(\w+)" aria-checked="(\w+)" tabindex="(-?\d)"/g)].map(([, ...parts]) => parts.join(" "));
    expect(radios).toEqual(["one false -1", "two true 0", "three false -1"]);
  });
});
