// SPDX-License-Identifier: Apache-2.0
//
// What the band of activity draws beside its bars, and the figures that say it.

import { describe, expect, it } from "vitest";
import BandCuts from "@/components/BandCuts.vue";
import ByteValue from "@/components/ByteValue.vue";
import SignedBytes from "@/components/SignedBytes.vue";
import { render } from "./render";

describe("a bar that is cut", () => {
  const bar = { fromMs: Date.UTC(2020, 0, 1, 3, 10), toMs: Date.UTC(2020, 0, 1, 3, 11), bytes: 5 * 2 ** 30, x: 74.5, width: 9 };

  it("says when it was and what it stands for, in both languages", async () => {
    expect((await render(BandCuts, { bars: [bar], height: 42 })).text).toMatch(/: 5(\.00?)? GiB, more than the scale has room for$/);
    expect((await render(BandCuts, { bars: [bar], height: 42 }, "es")).text).toMatch(/: 5(,00?)? GiB, más de lo que cabe en la escala$/);
  });

  it("is broken across all of its width", async () => {
    expect((await render(BandCuts, { bars: [bar], height: 42 })).html).toContain('d="M68 9L81 5M68 14L81 10"');
    expect((await render(BandCuts, { bars: [], height: 42 })).html).not.toContain("path");
  });
});

describe("a number of bytes", () => {
  it("has its unit, and the exact number where one points at it", async () => {
    const { html, text } = await render(ByteValue, { bytes: 1_572_864n });
    expect(text.replaceAll("\u00a0", " ").replaceAll("&nbsp;", " ")).toMatch(/^1\.50? MiB$/);
    expect(html).toMatch(/title="1,572,864\sbytes"/);
  });

  it("has a sign where it is a difference, and none where there is none", async () => {
    expect((await render(SignedBytes, { bytes: 4_096n })).text).toMatch(/^\+/);
    expect((await render(SignedBytes, { bytes: -4_096n })).text).toMatch(/^− ?4/);
    expect((await render(SignedBytes, { bytes: 0n })).text).toMatch(/^0/);
  });
});
