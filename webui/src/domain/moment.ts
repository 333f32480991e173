// SPDX-License-Identifier: Apache-2.0
//
// A moment as people of a language write it: its day is said where that is not today, and its year
// where that is not this one. Wherever the page names a moment, this does.

/** Writes moments; those that are named together are written alike: with a day where one of them needs it. */
export type MomentFormat = (ms: number, beside?: readonly number[]) => string;

export interface MomentFormats {
  /** Hours and minutes. */
  readonly minutes: MomentFormat;
  readonly seconds: MomentFormat;
  readonly milliseconds: MomentFormat;
  /** Those of an axis, in order: each day is said once, unless all are of today. */
  readonly along: (ms: readonly number[], withSeconds: boolean) => string[];
  /** Without a day, which is said beside it. */
  readonly timeOfDay: (ms: number, withSeconds: boolean) => string;
}

type Precision = "minutes" | "seconds" | "milliseconds";
const parts: Readonly<Record<Precision, Intl.DateTimeFormatOptions>> = {
  minutes: {},
  seconds: { second: "2-digit" },
  milliseconds: { second: "2-digit", fractionalSecondDigits: 3 },
};

const sameDay = (a: Date, b: Date) => a.toDateString() === b.toDateString();

export function createMomentFormats(locale: string, nowMs: () => number = Date.now): MomentFormats {
  const known = new Map<string, Intl.DateTimeFormat>();

  function format(precision: Precision, withDay: boolean, withYear: boolean): Intl.DateTimeFormat {
    const name = [precision, withDay, withYear].join();
    let found = known.get(name);
    if (found === undefined) {
      const day = withDay ? ({ day: "numeric", month: "short" } as const) : {};
      const year = withYear ? ({ year: "numeric" } as const) : {};
      found = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...parts[precision], ...day, ...year });
      known.set(name, found);
    }
    return found;
  }

  const to = (precision: Precision): MomentFormat => (ms, beside = []) => {
    const now = new Date(nowMs());
    const all = [ms, ...beside].map((each) => new Date(each));
    const withDay = all.some((each) => !sameDay(each, now));
    return format(precision, withDay, all.some((each) => each.getFullYear() !== now.getFullYear())).format(ms);
  };
  const upTo = (withSeconds: boolean) => (withSeconds ? "seconds" : "minutes");
  const timeOfDay = (ms: number, withSeconds: boolean) => format(upTo(withSeconds), false, false).format(ms);
  return {
    minutes: to("minutes"),
    seconds: to("seconds"),
    milliseconds: to("milliseconds"),
    along: (all, withSeconds) =>
      all.map((ms, i) => {
        const before = all[i - 1];
        return before !== undefined && sameDay(new Date(before), new Date(ms)) ? timeOfDay(ms, withSeconds) : to(upTo(withSeconds))(ms, all);
      }),
    timeOfDay,
  };
}
