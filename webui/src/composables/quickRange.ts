// SPDX-License-Identifier: Apache-2.0
//
// Which range was chosen as the last minutes or hours. The address has its ends alone, so that it means
// the same tomorrow; this tab remembers. A browser may forbid it; then a reload forgets.

import { type TimeRange, intervalText, parseInterval } from "@/domain/timeRange";

const name = "memmon.quick";

export function rememberQuick(range: TimeRange): void {
  try {
    sessionStorage.setItem(name, intervalText(range));
  } catch {
    // Storage is switched off or full: the mark lasts until the page is loaded anew.
  }
}

export function recallQuick(): TimeRange | undefined {
  try {
    return parseInterval(sessionStorage.getItem(name));
  } catch {
    return undefined;
  }
}
