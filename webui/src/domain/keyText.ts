// SPDX-License-Identifier: Apache-2.0
//
// A process's key as an address has it: PID-START.

export const keyText = (key: string): string => key.replace(":", "-");

/** undefined where it is none. */
export function parseKey(text: string | null): { readonly key: string; readonly pid: number } | undefined {
  const [, pid, start] = /^(\d{1,10})-(\d{1,20})$/.exec(text ?? "") ?? [];
  if (pid === undefined || start === undefined) return undefined;
  return { key: `${BigInt(pid)}:${BigInt(start)}`, pid: Number(pid) };
}

/** The process id in a key. */
export const pidOf = (key: string | undefined): number | undefined => (key === undefined ? undefined : Number(key.split(":")[0]));
