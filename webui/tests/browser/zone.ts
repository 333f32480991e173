// SPDX-License-Identifier: Apache-2.0
//
// Zones of time by what their clocks show, so that no test depends on the hour at which it runs.

/** A zone whose clocks show this hour now, 0 to 23; its minutes are UTC's. */
export function zoneAtHour(hour: number): string {
  // From 12 hours behind UTC to 11 ahead; in these names the sign is turned around.
  const ahead = ((hour - new Date().getUTCHours() + 36) % 24) - 12;
  return `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
}
