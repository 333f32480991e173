// SPDX-License-Identifier: Apache-2.0
//
// Moments as a field for local date and time writes them: without a time zone, to the second.

export function localText(ms: number): string {
  const date = new Date(ms);
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${String(date.getFullYear()).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** undefined where it is no such text. Browsers leave out seconds that are 0. */
export function parseLocal(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text)) return undefined;
  const ms = new Date(text).getTime();
  return Number.isNaN(ms) ? undefined : ms;
}

/**
 * The moment that a text stands for in a field that showed one: that one while the text still says it, to the
 * millisecond. In autumn an hour comes twice, and texts tell no difference: it is the one of the two that was shown.
 */
export function momentOf(text: string, shownMs: number): number | undefined {
  const [ms, first] = [parseLocal(text), parseLocal(localText(shownMs))];
  if (ms === undefined || first === undefined) return ms;
  if (ms === first) return shownMs;
  const again = ms + Math.floor((shownMs - first) / 1_000) * 1_000;
  return localText(again) === localText(ms) ? again : ms;
}
