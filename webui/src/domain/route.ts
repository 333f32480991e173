// SPDX-License-Identifier: Apache-2.0
//
// Where in the page somebody is, and at what time they look, as the address says it after the #.

import { keyText, parseKey } from "./keyText";
import { type LogView, defaultLogView, logViewText, parseLogView } from "./logView";
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
      /** Or an earlier time of its own, where a range is looked at. */
      readonly against?: TimeRange;
      /** What of its log is chosen to be seen; not there where that is all as it is at first. */
      readonly log?: LogView;
    };

export type Route = Place & {
  /** The past that is looked at; live where it is not there. */
  readonly range?: TimeRange;
};

export function parseRoute(hash: string): Route {
  // What is asked for may have question marks of its own.
  const [, path = "", query = ""] = /^([^?]*)\??(.*)$/s.exec(hash) ?? [];
  const params = new URLSearchParams(query);
  const range = parseRange(params);
  const time = range === undefined ? {} : { range };
  const against = range === undefined ? undefined : parseInterval(params.get("with"));
  const other = against === undefined ? {} : { against };
  const [, name = null] = /^#\/process\/([^/]+)$/.exec(path) ?? [];
  const process = parseKey(name);
  if (process === undefined) {
    const view = parseView(params);
    return { name: "dashboard", ...time, ...other, ...(view === undefined ? {} : { view }) };
  }
  const compared = parseKey(params.get("with"))?.key;
  const log = parseLogView(params);
  const said = logViewText(log) === "" ? {} : { log };
  return { name: "process", ...process, ...time, ...(compared === undefined ? other : { compared }), ...said };
}

function query(...parts: readonly string[]): string {
  const said = parts.filter(Boolean);
  return said.length === 0 ? "" : `?${said.join("&")}`;
}

/** The address of a process's page; `key` is its row's. It is compared with another process, or with another range of its own. */
export function processHash(key: string, range?: TimeRange, compared?: string | TimeRange, log: LogView = defaultLogView): string {
  const other = typeof compared === "string" ? keyText(compared) : compared && range ? intervalText(compared) : "";
  return `#/process/${keyText(key)}${query(range ? rangeText(range) : "", other && `with=${other}`, logViewText(log))}`;
}

export function dashboardHash(range?: TimeRange, against?: TimeRange, view?: View): string {
  return `#/${query(range ? rangeText(range) : "", range && against ? `with=${intervalText(against)}` : "", view ? viewText(view) : "")}`;
}

export function routeHash(route: Route): string {
  return route.name === "process" ? processHash(route.key, route.range, route.compared ?? route.against, route.log) : dashboardHash(route.range, route.against, route.view);
}
