// SPDX-License-Identifier: Apache-2.0
//
// How the table's columns are drawn: their titles and widths.

import type { Column } from "@/domain/columns";
import type { TextKey } from "@/i18n";

export interface ColumnLook {
  readonly title: TextKey;
  /** Over the column, where its whole title would take more room than its figures. */
  readonly head?: TextKey;
  /** Where there is little room. */
  readonly short?: TextKey;
  readonly hint: TextKey;
  /** A grid track, wide and narrow. */
  readonly track: readonly [wide: string, narrow: string];
  /** The least width of that track, px. */
  readonly least: readonly [wide: number, narrow: number];
  readonly right: boolean;
}

function look(title: TextKey, wide: number, narrow: number, right: boolean, more: Partial<ColumnLook> & Pick<ColumnLook, "hint">): ColumnLook {
  return { title, track: [`${wide}px`, `${narrow}px`], least: [wide, narrow], right, ...more };
}

export const columnLooks: Readonly<Record<Column, ColumnLook>> = {
  pid: look("table.pid", 70, 56, true, { hint: "table.pidHint" }),
  name: look("table.name", 118, 70, false, { track: ["minmax(118px, 1fr)", "minmax(70px, 1fr)"], hint: "table.nameHint" }),
  user: look("table.user", 66, 56, false, { hint: "table.userHint" }),
  container: look("table.container", 130, 100, false, { hint: "table.containerHint" }),
  cgroup: look("table.cgroup", 92, 80, true, { hint: "table.cgroupHint" }),
  held: look("table.held", 80, 68, true, { hint: "table.heldHint" }),
  virtualSize: look("table.virtualSize", 76, 68, true, { head: "pie.virtualSize", short: "pie.virtualSize", hint: "table.virtualSizeHint" }),
  resident: look("table.resident", 80, 68, true, { hint: "table.residentHint" }),
  share: look("table.share", 72, 46, true, { head: "table.shareHead", short: "table.shareShort", hint: "table.shareHint" }),
  requested: look("table.requested", 84, 70, true, { hint: "table.requestedHint" }),
  rate: look("table.rate", 82, 56, true, { short: "table.rateShort", hint: "table.rateHint" }),
  trend: look("table.trend", 108, 64, false, { short: "table.trendShort", hint: "table.trendHint" }),
};

/** What a column says of a range of the past, where that is something else. */
const pastLooks: Readonly<Partial<Record<Column, Omit<ColumnLook, "track" | "least" | "right"> & Partial<ColumnLook>>>> = {
  held: { title: "table.held", hint: "past.heldHint" },
  virtualSize: { title: "table.virtualSize", head: "pie.virtualSize", short: "pie.virtualSize", hint: "past.virtualSizeHint" },
  requested: { title: "past.requested", hint: "past.requestedHint" },
  rate: { title: "table.rate", short: "table.rateShort", hint: "past.rateHint" },
  // A longer title; there is room, since of what was resident nothing is stored.
  trend: look("past.trend", 124, 64, false, { short: "past.trendShort", hint: "past.trendHint" }),
};

const gaps = [12, 8] as const;
const padding = [12, 10] as const;

export function columnLook(column: Column, ofPast: boolean): ColumnLook {
  return ofPast ? { ...columnLooks[column], ...pastLooks[column] } : columnLooks[column];
}

/** grid-template-columns, and the width below which the table scrolls sideways. */
export function gridTracks(columns: readonly Column[], narrow: boolean, ofPast: boolean): { tracks: string; leastPx: number } {
  const at = narrow ? 1 : 0;
  const looks = columns.map((column) => columnLook(column, ofPast));
  const least = looks.reduce((sum, look) => sum + look.least[at], 0);
  return {
    tracks: looks.map((look) => look.track[at]).join(" "),
    leastPx: least + (columns.length - 1) * gaps[at] + 2 * padding[at],
  };
}
