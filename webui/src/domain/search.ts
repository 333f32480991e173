// SPDX-License-Identifier: Apache-2.0
//
// What somebody typed to find processes: words, some of them for one column (user:ana), or a regular
// expression between slashes. Case never matters.

import type { ProcessRow } from "./process";

/** What a search looks at. */
export type Searched = Pick<ProcessRow, "pid" | "name" | "commandLine" | "uid" | "userName" | "container">;

export type Search =
  | { readonly valid: true; readonly everything: boolean; readonly matches: (row: Searched) => boolean }
  /** A regular expression that is none; `reason` is the browser's, in its own words. */
  | { readonly valid: false; readonly reason: string };

const everything: Search = { valid: true, everything: true, matches: () => true };

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
      return (row) => row.userName.toLowerCase() === rest || String(row.uid) === rest;
    case "container":
      return (row) => row.container.toLowerCase().includes(rest);
    default:
      return (row) =>
        [row.name, row.commandLine, row.userName, row.container].some((field) => field.toLowerCase().includes(text)) ||
        String(row.pid).startsWith(text);
  }
}

/** A search for the processes of one user or in one container. */
export function searchFor(field: "user" | "container", value: string): string {
  return `${field}:${value}`;
}

export function parseSearch(text: string): Search {
  const source = expressionIn(text);
  if (source !== undefined) {
    try {
      const expression = new RegExp(source, "i");
      return {
        valid: true,
        everything: false,
        matches: (row) =>
          [row.name, row.commandLine, String(row.pid), row.userName, row.container].some((field) => expression.test(field)),
      };
    } catch (error) {
      return { valid: false, reason: error instanceof Error ? error.message : String(error) };
    }
  }
  const words = text.toLowerCase().split(/\s+/).filter(Boolean).map(word);
  if (words.length === 0) return everything;
  // Every word has to be found.
  return { valid: true, everything: false, matches: (row) => words.every((matches) => matches(row)) };
}
