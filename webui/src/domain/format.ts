// SPDX-License-Identifier: Apache-2.0
//
// Figures as people of a language write them. Pure: one set of formats a locale.

import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { createMomentFormats } from "./moment";

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] as const;
export type Unit = (typeof units)[number];

export interface ScaledBytes {
  readonly text: string;
  readonly unit: Unit;
}

export interface Formats {
  /** Three digits or so, and a binary unit. */
  scaled(bytes: bigint): ScaledBytes;
  bytes(bytes: bigint): string;
  /** To the last byte, for the hover. */
  exactBytes(bytes: bigint): string;
  count(count: number | bigint): string;
  rate(perSecond: number): string;
  percent(share: number): string;
  /** A moment to the millisecond, with its day where that is not today. */
  milliseconds(ms: number): string;
  /** A moment to the second, with its day where that is not today. */
  seconds(ms: number): string;
  /** A moment to the minute, with its day where that is not today. */
  moment(ms: number): string;
  /** The moments of an axis, in order: each day is said once, unless all are of today. */
  moments(ms: readonly number[], withSeconds?: boolean): string[];
  dateTime(ms: number): string;
  /** The reader's zone, of which all times are, and how far it is from UTC at that moment: "Europe/Madrid, GMT+1". */
  zone(ms: number, timeZone?: string): string;
  list(words: readonly string[]): string;
}

const nbsp = "\u00a0";

export function timestampMs(time: Timestamp): number {
  return Number(time.seconds) * 1_000 + time.nanos / 1_000_000;
}

export function hexAddress(address: bigint): string {
  return `0x${BigInt.asUintN(64, address).toString(16)}`;
}

export function createFormats(locale: string, nowMs: () => number = Date.now): Formats {
  const fixed = [0, 1, 2].map(
    (digits) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const percents = [1, 2].map(
    (digits) =>
      new Intl.NumberFormat(locale, { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
  const moments = createMomentFormats(locale, nowMs);
  const dateTime = new Intl.DateTimeFormat(locale, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });
  const list = new Intl.ListFormat(locale, { style: "short", type: "unit" });

  function scaled(bytes: bigint): ScaledBytes {
    let value = Number(bytes);
    let unit = 0;
    // 1023.6 KiB would be written as "1,024": it is 1.00 MiB.
    while (unit < units.length - 1 && Math.abs(value) >= (unit === 0 ? 1_024 : 1_023.5)) {
      value /= 1_024;
      unit++;
    }
    const size = Math.abs(value);
    const digits = unit === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
    return { text: (fixed[digits] ?? whole).format(value), unit: units[unit] ?? "B" };
  }

  return {
    scaled,
    bytes(bytes) {
      const { text, unit } = scaled(bytes);
      return text + nbsp + unit;
    },
    exactBytes: (bytes) => `${whole.format(bytes)}${nbsp}${bytes === 1n ? "byte" : "bytes"}`,
    count: (count) => whole.format(count),
    rate(perSecond) {
      if (perSecond > 0 && perSecond < 0.05) return `<${nbsp}${(fixed[1] ?? whole).format(0.1)}`;
      return (perSecond > 0 && perSecond < 9.95 ? (fixed[1] ?? whole) : whole).format(perSecond);
    },
    percent(share) {
      if (share > 0 && share < 0.00005) return `<${nbsp}${(percents[1] ?? whole).format(0.0001)}`;
      return (percents[share < 0.09995 ? 1 : 0] ?? whole).format(share);
    },
    milliseconds: (ms) => moments.milliseconds(ms),
    seconds: (ms) => moments.seconds(ms),
    moment: (ms) => moments.minutes(ms),
    moments: (ms, withSeconds = false) => moments.along(ms, withSeconds),
    dateTime: (ms) => dateTime.format(ms),
    zone(ms, timeZone) {
      const zoned = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: "shortOffset" });
      const offset = zoned.formatToParts(ms).find(({ type }) => type === "timeZoneName")?.value ?? "";
      return `${zoned.resolvedOptions().timeZone}, ${offset}`;
    },
    list: (words) => list.format(words),
  };
}
