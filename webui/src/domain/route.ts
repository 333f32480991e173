// SPDX-License-Identifier: Apache-2.0
//
// Where in the page somebody is, and at what time they look, as the address says it after the #.

import { type TimeRange, intervalText, parseInterval, parseRange, rangeText } from "./timeRange";
import { type View, parseView, viewText } from "./view";

export type Place =
  | {
      readonly name: "dashboard";
      /** A second range that the first is compared with. */
      readonly against?: TimeRange;
      /** What is chosen to be seen; not there where the address says nothing of it. */
      readonly view?: View;
    }
  | {
      readonly name: "process";
      readonly key: string;
      readonly pid: number;
      /** Key of a second process to compare with. */
      readonly compared?: string;
    };

export type Route = Place & {
  /** The past that is looked at; live where it is not there. */
  readonly range?: TimeRange;
};

function parseKey(text: string | null): { key: string; pid: number } | undefined {
  const [, pid, start] = /^(\d{1,10})-(\d{1,20})$/.exec(text ?? "") ?? [];
  if (pid === undefined || start === undefined) return undefined;
  return { key: `${BigInt(pid)}:${BigInt(start)}`, pid: Number(pid) };
}

export function parseRoute(hash: string): Route {
  // What is asked for may have question marks of its own.
  const [, path = "", query = ""] = /^([^?]*)\??(.*)$/s.exec(hash) ?? [];
  const params = new URLSearchParams(query);
  const range = parseRange(params);
  const time = range === undefined ? {} : { range };
  const [, name = null] = /^#\/process\/([^/]+)$/.exec(path) ?? [];
  const process = parseKey(name);
  if (process === undefined) {
    const against = range === undefined ? undefined : parseInterval(params.get("with"));
    const view = parseView(params);
    return { name: "dashboard", ...time, ...(against === undefined ? {} : { against }), ...(view === undefined ? {} : { view }) };
  }
  const compared = parseKey(params.get("with"))?.key;
  return { name: "process", ...process, ...time, ...(compared === undefined ? {} : { compared }) };
}

const keyText = (key: string) => key.replace(":", "-");

function query(...parts: readonly string[]): string {
  const said = parts.filter(Boolean);
  return said.length === 0 ? "" : `?${said.join("&")}`;
}

/** The address of a process's page; `key` is its row's. */
export function processHash(key: string, range?: TimeRange, compared?: string): string {
  return `#/process/${keyText(key)}${query(range ? rangeText(range) : "", compared ? `with=${keyText(compared)}` : "")}`;
}

export function dashboardHash(range?: TimeRange, against?: TimeRange, view?: View): string {
  return `#/${query(range ? rangeText(range) : "", range && against ? `with=${intervalText(against)}` : "", view ? viewText(view) : "")}`;
}

export function routeHash(route: Route): string {
  return route.name === "process" ? processHash(route.key, route.range, route.compared) : dashboardHash(route.range, route.against, route.view);
}
