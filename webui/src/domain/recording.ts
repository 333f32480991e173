// SPDX-License-Identifier: Apache-2.0

const prefix = "replay:";

/** The file that memmond plays in the place of a live host, by its source's name; undefined where it plays none. */
export function recordingOf(sourceName: string | undefined): string | undefined {
  return sourceName?.startsWith(prefix) ? sourceName.slice(prefix.length) : undefined;
}
