// SPDX-License-Identifier: Apache-2.0
//
// What is seen, as a table for other programs: CSV after RFC 4180, or JSON. Both say where and when
// the figures are from, and a column's name says its unit.

export type Cell = string | number | bigint | boolean | undefined;

export interface Sheet {
  /** A word for the file's name. */
  readonly name: string;
  /** With the unit at the end where there is one, as in held_bytes. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** Where the figures are from. */
export interface Origin {
  readonly host: string;
  readonly kernel: string;
  readonly bootId: string;
  /** The span that the figures are of; undefined where its beginning is not known. */
  readonly fromMs: number | undefined;
  readonly toMs: number;
  /** Records and events that are missing from them; undefined where nobody knows. */
  readonly lostCount: bigint | undefined;
  /** How much of the span nothing is recorded of, as where memmond did not run, ms; undefined where nobody knows. */
  readonly unrecordedMs: number | undefined;
  /** What was filtered; empty where nothing was. */
  readonly filter: string;
}

function time(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

export function seconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms / 1_000);
}

/**
 * Processes choose their names: a spreadsheet must not run one as a formula. The apostrophe is how
 * spreadsheets mark text.
 */
function harmless(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function csvCell(cell: Cell): string {
  if (cell === undefined) return "";
  if (typeof cell !== "string") return String(cell);
  const text = harmless(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180 has no place for remarks: each line says its host, kernel and span. */
export function toCsv(sheet: Sheet, origin: Origin): string {
  const about: readonly [string, Cell][] = [
    ["host", origin.host],
    ["kernel", origin.kernel],
    ["from_time", time(origin.fromMs)],
    ["to_time", time(origin.toMs)],
    ["lost_records", origin.lostCount],
    ["unrecorded_seconds", seconds(origin.unrecordedMs)],
  ];
  const lines = [
    [...sheet.columns, ...about.map(([name]) => name)],
    ...sheet.rows.map((row) => [...row, ...about.map(([, cell]) => cell)]),
  ];
  return lines.map((cells) => `${cells.map(csvCell).join(",")}\r\n`).join("");
}

/** A number that JSON's readers would round is text. */
function jsonCell(cell: Cell): string | number | boolean | null {
  if (cell === undefined) return null;
  if (typeof cell !== "bigint") return cell;
  const number = Number(cell);
  return Number.isSafeInteger(number) ? number : String(cell);
}

export function toJson(sheet: Sheet, origin: Origin): string {
  const about = {
    source: "memmon",
    host: origin.host,
    kernel: origin.kernel,
    boot_id: origin.bootId,
    from_time: time(origin.fromMs) ?? null,
    to_time: time(origin.toMs) ?? null,
    lost_records: jsonCell(origin.lostCount),
    unrecorded_seconds: seconds(origin.unrecordedMs) ?? null,
    filter: origin.filter,
  };
  const rows = sheet.rows.map((row) => Object.fromEntries(sheet.columns.map((name, i) => [name, jsonCell(row[i])])));
  return `${JSON.stringify({ ...about, [sheet.name]: rows }, null, 2)}\n`;
}

/** Says what, where and when: memmon-processes-ceiba-20261125T033000Z.csv */
export function fileName(name: string, origin: Pick<Origin, "host" | "toMs">, extension: string): string {
  const host = origin.host.replace(/[^\w.-]+/g, "_") || "host";
  const at = new Date(origin.toMs).toISOString().replace(/\.\d+/, "").replace(/[-:]/g, "");
  return `memmon-${name}-${host}-${at}.${extension}`;
}
