// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { dashboardHash, parseRoute, processHash, routeHash } from "@/domain/route";
import { type LogView, defaultLogView, logViewText, toggleGroup } from "@/domain/logView";
import { type View, defaultView } from "@/domain/view";

const key = "812:90000000000123";
const range = { fromMs: Date.UTC(2026, 10, 25, 3, 10), toMs: Date.UTC(2026, 10, 25, 3, 25, 0, 500) };

describe("the address", () => {
  it("names a process by its id and its start, and back", () => {
    expect(processHash(key)).toBe("#/process/812-90000000000123");
    expect(parseRoute(processHash(key))).toEqual({ name: "process", key, pid: 812 });
  });

  it("is the dashboard's wherever it says nothing else", () => {
    for (const hash of ["", "#", dashboardHash(), "#/process/", "#/process/12", "#/process/x-1", "#/process/1-2/3", "#processes-title"]) {
      expect(parseRoute(hash), hash).toEqual({ name: "dashboard" });
    }
  });

  it("says which time is looked at, in UTC, and back", () => {
    expect(dashboardHash(range)).toBe("#/?from=2026-11-25T03:10:00Z&to=2026-11-25T03:25:00.500Z");
    expect(parseRoute(dashboardHash(range))).toEqual({ name: "dashboard", range });
    const route = { name: "process", key, pid: 812, range, compared: "7:8" } as const;
    expect(parseRoute(routeHash(route))).toEqual(route);
  });

  it("takes milliseconds since 1970 and other time zones, too", () => {
    expect(parseRoute(`#/?from=${range.fromMs}&to=2026-11-25T04:25:00.500%2B01:00`)).toEqual({ name: "dashboard", range });
  });

  it("says which range another one is compared with, and only where there is another one", () => {
    const against = { fromMs: range.fromMs - 900_000, toMs: range.fromMs };
    const hash = dashboardHash(range, against);
    expect(hash).toBe(`${dashboardHash(range)}&with=2026-11-25T02:55:00Z/2026-11-25T03:10:00Z`);
    expect(parseRoute(hash)).toEqual({ name: "dashboard", range, against });
    expect(routeHash(parseRoute(hash))).toBe(hash);
    expect(dashboardHash(undefined, against)).toBe("#/");
    expect(parseRoute("#/?with=2026-11-25T02:55:00Z/2026-11-25T03:10:00Z")).toEqual({ name: "dashboard" });
    for (const wrong of ["1-2", "2026-11-25T02:55:00Z", "now/then", "2000/1000"]) {
      expect(parseRoute(`${dashboardHash(range)}&with=${wrong}`), wrong).toEqual({ name: "dashboard", range });
    }
  });

  it("compares a process with an earlier time of its own, where a range is looked at", () => {
    const against = { fromMs: range.fromMs - 900_000, toMs: range.fromMs };
    const hash = processHash(key, range, against);
    expect(hash).toMatch(/&with=2026-11-25T02:55:00Z\/2026-11-25T03:10:00Z$/);
    expect(parseRoute(hash)).toEqual({ name: "process", key, pid: 812, range, against });
    expect(routeHash(parseRoute(hash))).toBe(hash);
    expect(processHash(key, undefined, against)).toBe(processHash(key));
    expect(parseRoute("#/process/812-1?with=2026-11-25T02:55:00Z/2026-11-25T03:10:00Z")).toEqual({ name: "process", key: "812:1", pid: 812 });
  });

  it("is live where the times make no range", () => {
    const wrong = ["from=1&to=2", "from=5000", "to=5000", "from=9000&to=1000", "from=yesterday&to=now", "from=2026-11-25&to=99999999999999999"];
    for (const text of wrong) expect(parseRoute(`#/?${text}`), text).toEqual({ name: "dashboard" });
  });
});

describe("what the address says of the dashboard", () => {
  const view: View = {
    search: "/^post & more/",
    showEnded: false,
    arrangement: "tree",
    sorting: { column: "rate", descending: true },
    measure: "held",
    span: "5",
    shares: "bars",
    extent: "week",
    log: { groups: ["munmap", "life"], failed: true, error: "ENOMEM", minLength: 1n << 20n, likeTable: false },
    compareBy: "program",
    compareSort: { column: "calls", descending: true },
    only: "812:90000000000123",
    columns: ["pid", "name", "trend"],
  };
  const viewOf = (hash: string) => {
    const route = parseRoute(hash);
    return route.name === "dashboard" ? route.view : undefined;
  };

  it("is all that was chosen, and back, beside the times", () => {
    const against = { fromMs: range.fromMs - 900_000, toMs: range.fromMs };
    const route = { name: "dashboard", range, against, view } as const;
    expect(parseRoute(routeHash(route))).toEqual(route);
    expect(dashboardHash(undefined, undefined, { ...defaultView, sorting: { column: "name", descending: false } })).toBe("#/?sort=name");
    expect(dashboardHash(undefined, undefined, { ...defaultView, sorting: { column: "requested", descending: true }, span: "15" })).toBe(
      "#/?sort=-requested&last=15",
    );
    expect(dashboardHash(undefined, undefined, { ...defaultView, columns: ["name", "held"] })).toBe("#/?columns=name.held");
    expect(dashboardHash(undefined, undefined, { ...defaultView, compareBy: "program", compareSort: { column: "name", descending: false } })).toBe("#/?compare=program&order=name");
  });

  it("says what of the log is chosen, of the dashboard's and of a process's", () => {
    const said = (log: Partial<LogView>) => logViewText({ ...defaultLogView, ...log });
    expect(said({})).toBe("");
    expect(said({ groups: [] })).toBe("log=none");
    expect(said({ groups: toggleGroup(toggleGroup(defaultLogView.groups, "life"), "mmap") })).toBe("log=munmap.mremap.life");
    expect(said({ failed: true })).toBe("failed=yes");
    expect(said({ failed: true, error: "EINVAL", minLength: 65_536n })).toBe("failed=EINVAL&least=65536");
    const log = { ...defaultLogView, groups: [], failed: true, error: "EACCES" } as const;
    const route = { name: "process", key, pid: 812, range, compared: "7:8", log } as const;
    expect(parseRoute(routeHash(route))).toEqual(route);
    for (const wrong of ["failed=EWRONG", "least=7", "log=cpu", "like=maybe"]) {
      expect(parseRoute(`#/process/812-1?${wrong}`), wrong).toEqual({ name: "process", key: "812:1", pid: 812 });
    }
  });

  it("is all of it also where what is searched for has a question mark", () => {
    expect(parseRoute("#/?filter=/fo?o/&by=user")).toMatchObject({ view: { search: "/fo?o/", arrangement: "user" } });
  });

  it("is nothing where all is as it is at first", () => {
    expect(dashboardHash(undefined, undefined, defaultView)).toBe("#/");
    expect(viewOf("#/")).toBeUndefined();
  });

  it("says all of it where it says anything: the rest is as it is at first", () => {
    expect(viewOf("#/?by=user")).toEqual({ ...defaultView, arrangement: "user" });
  });

  it("is as at first where it means nothing", () => {
    for (const wrong of ["sort=nonsense", "sort=--pid", "sort=", "by=colour", "share=cpu", "last=7", "ended=maybe", "columns=colour", "as=cake", "band=year", "compare=user", "order=pid", "order=--held", "failed=EWRONG", "least=7", "log=cpu", "only=me"]) {
      expect(viewOf(`#/?${wrong}`), wrong).toEqual(defaultView);
    }
    expect(viewOf("#/?sort=x&by=tree&share=")).toEqual({ ...defaultView, arrangement: "tree" });
  });
});
