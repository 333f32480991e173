// SPDX-License-Identifier: Apache-2.0
//
// Pinned processes from visit to visit. A key names a process for as long as the host is up: those of
// another start of it, or of another host, are of no use.

const maxPins = 50;

export function formatPins(bootId: string, keys: readonly string[]): string {
  return [bootId, ...keys.slice(-maxPins)].join(" ");
}

/** What was remembered of this start of the host. */
export function parsePins(text: string | undefined, bootId: string): string[] {
  const [boot, ...keys] = text?.split(" ") ?? [];
  return boot === bootId ? keys.filter((key) => /^\d+:\d+$/.test(key)).slice(-maxPins) : [];
}
