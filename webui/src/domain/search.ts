// SPDX-License-Identifier: Apache-2.0
//
// What somebody typed to find processes: words, or a regular expression between slashes. Case never
// matters.

import type { ProcessRow } from "./process";

export type Search =
  | { readonly valid: true; readonly everything: boolean; readonly matches: (row: ProcessRow) => boolean }
  /** A regular expression that is none; `reason` is the browser's, in its own words. */
  | { readonly valid: false; readonly reason: string };

const everything: Search = { valid: true, everything: true, matches: () => true };

/** The expression between slashes; undefined where the text is not one, such as a path. */
function expressionIn(text: string): string | undefined {
  return /^\/(.+)\/i?$/.exec(text.trim())?.[1];
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
          expression.test(row.name) || expression.test(row.commandLine) || expression.test(String(row.pid)),
      };
    } catch (error) {
      return { valid: false, reason: error instanceof Error ? error.message : String(error) };
    }
  }
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return everything;
  return {
    valid: true,
    everything: false,
    // Every word has to be found in the name, the command line or at the beginning of the process id.
    matches(row) {
      const name = row.name.toLowerCase();
      const line = row.commandLine.toLowerCase();
      const pid = String(row.pid);
      return words.every((word) => name.includes(word) || line.includes(word) || pid.startsWith(word));
    },
  };
}
