// SPDX-License-Identifier: Apache-2.0

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localText, momentOf } from "@/domain/localTime";

const zone = process.env["TZ"];
beforeAll(() => (process.env["TZ"] = "Europe/Madrid"));
afterAll(() => (process.env["TZ"] = zone));

describe("a moment in a field without a zone", () => {
  // Clocks went back from 03:00 to 02:00 at 01:00 UTC.
  const utc = (hours: number, minutes: number, ms = 0) => Date.UTC(2025, 9, 26, hours, minutes, 0, ms);

  it("is the one that was shown while its text is, in an hour that comes twice", () => {
    expect([localText(utc(0, 10)), localText(utc(1, 10))]).toEqual(["2025-10-26T02:10:00", "2025-10-26T02:10:00"]);
    for (const shownMs of [utc(0, 10), utc(1, 10), utc(1, 10, 437)]) {
      // Browsers leave out seconds that are 0.
      for (const text of ["2025-10-26T02:10:00", "2025-10-26T02:10"]) expect(momentOf(text, shownMs)).toBe(shownMs);
    }
  });

  it("stays in that hour when it is changed within it, and is any other as it is typed", () => {
    expect(momentOf("2025-10-26T02:20", utc(1, 10, 437))).toBe(utc(1, 20));
    expect(momentOf("2025-10-26T02:20", utc(0, 10))).toBe(utc(0, 20));
    expect(momentOf("2025-10-26T03:20", utc(1, 10))).toBe(utc(2, 20));
    expect(momentOf("2025-10-26T01:20", utc(1, 10))).toBe(Date.UTC(2025, 9, 25, 23, 20));
    expect(momentOf("soon", utc(1, 10))).toBeUndefined();
  });
});
