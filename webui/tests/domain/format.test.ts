// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { createFormats, hexAddress, timestampMs } from "@/domain/format";
import { createMomentFormats } from "@/domain/moment";

const en = createFormats("en");
const es = createFormats("es");
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, " ");

describe("formats", () => {
  it.each([
    [0n, "0 B", "0 B"],
    [1023n, "1,023 B", "1023 B"],
    [1024n, "1.00 KiB", "1,00 KiB"],
    [135_168n, "132 KiB", "132 KiB"],
    [1_048_575n, "1.00 MiB", "1,00 MiB"],
    [12_582_912n, "12.0 MiB", "12,0 MiB"],
    [3_650_722_201n, "3.40 GiB", "3,40 GiB"],
    [2n ** 64n - 1n, "16.0 EiB", "16,0 EiB"],
  ])("writes %s bytes in both languages", (bytes, english, spanish) => {
    expect(plain(en.bytes(bytes))).toBe(english);
    expect(plain(es.bytes(bytes))).toBe(spanish);
  });

  it("gives the last byte on the hover, above what a double can hold", () => {
    expect(plain(en.exactBytes(9_007_199_254_740_993n))).toBe("9,007,199,254,740,993 bytes");
    expect(plain(es.exactBytes(1_234_567n))).toBe("1.234.567 bytes");
    expect(plain(en.exactBytes(1n))).toBe("1 byte");
  });

  it("writes shares, rates and counts", () => {
    expect(plain(en.percent(0.09994))).toBe("9.99%");
    expect(plain(en.percent(0.09996))).toBe("10.0%");
    expect(plain(en.percent(0.0626))).toBe("6.26%");
    expect(plain(es.percent(0.552))).toBe("55,2 %");
    expect(plain(en.percent(0))).toBe("0.00%");
    expect(plain(en.percent(0.000001))).toBe("< 0.01%");
    expect(en.rate(0)).toBe("0");
    expect(en.rate(2.345)).toBe("2.3");
    expect([0.04, 0.05].map(en.rate)).toEqual(["<\u00a00.1", "0.1"]);
    expect(en.rate(1234.5)).toBe("1,235");
    expect(es.count(1_234_567n)).toBe("1.234.567");
  });

  it("names the zone of its times, as it is at that time of the year", () => {
    expect([0, 6].map((month) => en.zone(Date.UTC(2026, month, 1), "Europe/Madrid"))).toEqual(["Europe/Madrid, GMT+1", "Europe/Madrid, GMT+2"]);
    expect(es.zone(0, "UTC")).toBe("UTC, GMT+0");
  });

  it("writes an hour of the night as long as it does elsewhere", () => {
    const night = new Date(2026, 10, 28, 2, 49, 38).getTime();
    expect(es.dateTime(night)).toBe("28 nov 2026, 02:49:38");
    expect(en.dateTime(night)).toBe("Nov 28, 2026, 02:49:38");
  });

  it.each([
    ["en", ".", "02:49", "02:49:38", "Nov 27, 02:49", "Nov 27, 02:49:38", "Dec 31, 2025, 23:59:59"],
    ["es", ",", "02:49", "02:49:38", "27 nov, 02:49", "27 nov, 02:49:38", "31 dic 2025, 23:59:59"],
  ])("says a moment's day where that is not today, and its year where that is another: %s", (locale, point, minutes, seconds, day, daySeconds, year) => {
    const now = new Date(2026, 10, 28, 23, 0);
    const { moment, seconds: exact, milliseconds } = createFormats(locale, () => now.getTime());
    const { timeOfDay } = createMomentFormats(locale, () => now.getTime());
    const today = new Date(2026, 10, 28, 2, 49, 38).getTime();
    const yesterday = new Date(2026, 10, 27, 2, 49, 38).getTime();
    expect([moment(today), exact(today)]).toEqual([minutes, seconds]);
    expect([moment(yesterday), exact(yesterday)]).toEqual([day, daySeconds]);
    expect([milliseconds(today + 7), milliseconds(yesterday + 7)]).toEqual([`${seconds}${point}007`, `${daySeconds}${point}007`]);
    expect(exact(new Date(2025, 11, 31, 23, 59, 59).getTime())).toBe(year);
    expect([timeOfDay(yesterday, false), timeOfDay(yesterday, true)]).toEqual([minutes, seconds]);
    // The same moment, a minute after midnight.
    now.setDate(29);
    expect(moment(today)).not.toBe(minutes);
  });

  it("says each day once along an axis, and none where all is of today", () => {
    const at = (day: number, hours: number) => new Date(2026, 10, day, hours).getTime();
    const { moments } = createFormats("en", () => at(29, 12));
    expect(moments([at(29, 1), at(29, 2)])).toEqual(["01:00", "02:00"]);
    expect(moments([at(28, 22), at(28, 23), at(29, 0), at(29, 1)])).toEqual(["Nov 28, 22:00", "23:00", "Nov 29, 00:00", "01:00"]);
    expect(moments([at(28, 22), at(28, 23)], true)).toEqual(["Nov 28, 22:00:00", "23:00:00"]);
  });

  it("writes times with milliseconds, and addresses", () => {
    const ms = timestampMs({ $typeName: "google.protobuf.Timestamp", seconds: 5n, nanos: 678_000_000 });
    expect(ms).toBe(5_678);
    expect(en.milliseconds(ms)).toMatch(/:05\.678$/);
    expect(es.milliseconds(ms)).toMatch(/:05,678$/);
    expect(hexAddress(0x7f00_1234_5000n)).toBe("0x7f0012345000");
    expect(hexAddress(-1n)).toBe("0xffffffffffffffff");
  });
});
