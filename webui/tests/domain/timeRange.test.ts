// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { localText, parseLocal } from "@/domain/localTime";
import { createSpanFormats } from "@/domain/spanFormat";
import { leastRangeMs, movedBy, rangeBetween } from "@/domain/timeRange";

const bounds = { fromMs: 0, toMs: 100_000 };

describe("a range", () => {
  it("has its ends in order and within the bounds", () => {
    expect(rangeBetween(70_000, 20_000, bounds)).toEqual({ fromMs: 20_000, toMs: 70_000 });
    expect(rangeBetween(-5_000, 200_000, bounds)).toEqual(bounds);
  });

  it("is never shorter than can be looked at, even at the edge", () => {
    expect(rangeBetween(500, 500, bounds)).toEqual({ fromMs: 500, toMs: 500 + leastRangeMs });
    expect(rangeBetween(100_000, 100_000, bounds)).toEqual({ fromMs: 100_000 - leastRangeMs, toMs: 100_000 });
  });

  it("keeps its length where it is moved against an edge", () => {
    expect(movedBy({ fromMs: 20_000, toMs: 30_000 }, 5_000, bounds)).toEqual({ fromMs: 25_000, toMs: 35_000 });
    expect(movedBy({ fromMs: 20_000, toMs: 30_000 }, Infinity, bounds)).toEqual({ fromMs: 90_000, toMs: 100_000 });
    expect(movedBy({ fromMs: 20_000, toMs: 30_000 }, -Infinity, bounds)).toEqual({ fromMs: 0, toMs: 10_000 });
  });
});

describe("a span in words", () => {
  const noon = new Date(2026, 10, 25, 12).getTime();
  const en = createSpanFormats("en", () => noon);
  const es = createSpanFormats("es", () => noon);
  const plain = (text: string) => text.replace(/[\u202f\u2009\u00a0]/g, " ");

  it("has two units at most, and hours up to two days", () => {
    expect(plain(en.duration(0))).toBe("0 sec");
    expect(plain(en.duration(300_000))).toBe("5 min");
    expect(plain(en.duration(5_430_000))).toBe("1 hr 30 min");
    expect(plain(en.duration(86_400_000))).toBe("24 hr");
    expect(plain(en.duration(7 * 86_400_000))).toBe("7 days");
    expect(plain(es.duration(3_723_000))).toBe("1 h 2 min");
  });

  it("leaves out the day of today, and seconds that are 0", () => {
    expect(plain(en.range({ fromMs: noon - 600_000, toMs: noon }))).toBe("11:50 – 12:00");
    expect(plain(en.rangeAndLength({ fromMs: noon - 5_000, toMs: noon }))).toBe("11:59:55 – 12:00:00 (5 sec)");
    expect(plain(en.range({ fromMs: noon - 86_400_000, toMs: noon }))).toContain("Nov 24");
    expect(plain(es.moment(noon - 86_400_000))).toContain("24 nov");
    expect(plain(en.moment(noon - 400 * 86_400_000))).toContain("2025");
  });
});

describe("a moment in a field", () => {
  it("is local time to the second, and back", () => {
    const ms = new Date(2026, 2, 4, 5, 6, 7).getTime();
    expect(localText(ms)).toBe("2026-03-04T05:06:07");
    expect(parseLocal(localText(ms))).toBe(ms);
    expect(parseLocal("2026-03-04T05:06")).toBe(ms - 7_000);
  });

  it("is none where the text is none", () => {
    for (const text of ["", "2026-03-04", "2026-13-04T05:06", "now"]) expect(parseLocal(text), text).toBeUndefined();
  });
});
