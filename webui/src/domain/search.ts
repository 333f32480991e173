// SPDX-License-Identifier: Apache-2.0
//
// What somebody typed to find processes: words, some of them for one column (user:ana), or a regular
// expression between slashes. Case never matters.

import { TrialTime, isCostly } from "./expression";
import type { ProcessRow } from "./process";

/** What a search looks at. */
export type Searched = Pick<ProcessRow, "pid" | "name" | "commandLine" | "uid" | "userName" | "container">;

export type Search =
  | {
      readonly valid: true;
      readonly everything: boolean;
      readonly matches: (row: Searched) => boolean;
      /** It took too long to go on: from then on it matches everything. */
      readonly isGivenUp: () => boolean;
    }
  | ({ readonly valid: false } & SearchProblem);

export interface SearchProblem {
  /** "wrong": a regular expression that is none; "costly": one that takes too long, or might. */
  readonly cause: "wrong" | "costly";
  /** The browser's, in its own words, where it has any. */
  readonly reason: string;
}

/** Of a field a regular expression sees no more: nobody types what comes after it. */
export const mostLetters = 512;

const never = () => false;
const everything: Search = { valid: true, everything: true, matches: () => true, isGivenUp: never };

/** The expression between slashes; undefined where the text is not one, such as a path. */
function expressionIn(text: string): string | undefined {
  return /^\/(.+)\/i?$/.exec(text.trim())?.[1];
}

/** Words before a colon that ask for one column, in the languages of the page. */
const fields: Readonly<Record<string, "user" | "container">> = {
  user: "user",
  usuario: "user",
  container: "container",
  contenedor: "container",
};

/** What has to be found; `row` as lower case. */
function word(text: string): (row: Searched) => boolean {
  const [, before = "", rest = ""] = /^(\w+):(.+)$/.exec(text) ?? [];
  switch (fields[before]) {
    // A whole user: "ana" is not "mariana". By the id where there is no name, or two users of one.
    case "user":
      return (row) => row.userName.toLowerCase() === rest || (row.uid !== undefined && String(row.uid) === rest);
    case "container":
      return (row) => row.container?.toLowerCase().includes(rest) === true;
    default:
      return (row) =>
        [row.name, row.commandLine, row.userName, row.container ?? ""].some((field) => field.toLowerCase().includes(text)) ||
        String(row.pid).startsWith(text);
  }
}

/** A search for the processes of one user or in one container. */
export function searchFor(field: "user" | "container", value: string): string {
  return `${field}:${value}`;
}

/** `nowMs`: a clock that only goes forward. */
export function parseSearch(text: string, nowMs = () => performance.now()): Search {
  const source = expressionIn(text);
  if (source !== undefined) {
    try {
      const expression = new RegExp(source, "i");
      if (isCostly(source)) return { valid: false, cause: "costly", reason: "" };
      const time = new TrialTime(nowMs);
      const finds = (row: Searched) =>
        [row.name, row.commandLine, String(row.pid), row.userName, row.container ?? ""].some((field) => expression.test(field.slice(0, mostLetters)));
      return { valid: true, everything: false, matches: (row) => time.isOver || time.of(() => finds(row)), isGivenUp: () => time.isOver };
    } catch (error) {
      return { valid: false, cause: "wrong", reason: error instanceof Error ? error.message : String(error) };
    }
  }
  const words = text.toLowerCase().split(/\s+/).filter(Boolean).map(word);
  if (words.length === 0) return everything;
  // Every word has to be found.
  return { valid: true, everything: false, matches: (row) => words.every((matches) => matches(row)), isGivenUp: never };
}
