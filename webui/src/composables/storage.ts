// SPDX-License-Identifier: Apache-2.0
//
// What the page remembers from visit to visit. A browser may forbid it; then nothing is remembered.

export function remember(key: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(`memmon.${key}`);
    else localStorage.setItem(`memmon.${key}`, value);
  } catch {
    // Storage is switched off or full: the choice lasts for this visit.
  }
}

export function recallText(key: string): string | undefined {
  try {
    return localStorage.getItem(`memmon.${key}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function recall<T extends string>(key: string, allowed: readonly T[]): T | undefined {
  const value = recallText(key);
  return allowed.find((candidate) => candidate === value);
}
