// SPDX-License-Identifier: Apache-2.0
//
// Where in the page somebody is, as the address says it after the #.

export type Route = { readonly name: "dashboard" } | { readonly name: "process"; readonly key: string; readonly pid: number };

export function parseRoute(hash: string): Route {
  const [, pid, start] = /^#\/process\/(\d{1,10})-(\d{1,20})$/.exec(hash) ?? [];
  if (pid === undefined || start === undefined) return { name: "dashboard" };
  return { name: "process", key: `${BigInt(pid)}:${BigInt(start)}`, pid: Number(pid) };
}

/** The address of a process's page; `key` is its row's. */
export function processHash(key: string): string {
  return `#/process/${key.replace(":", "-")}`;
}

export const dashboardHash = "#/";
