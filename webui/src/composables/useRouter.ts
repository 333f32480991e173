// SPDX-License-Identifier: Apache-2.0
//
// Which page of the page is shown, and of what time. The address says it, so that a process or an
// hour of last night can be linked to, and the browser's own way back works.

import { type ComputedRef, type InjectionKey, type ShallowRef, computed, inject, onScopeDispose, provide, shallowRef } from "vue";
import { AddressBar } from "@/domain/addressBar";
import { type Route, dashboardHash, parseRoute, processHash, routeHash } from "@/domain/route";
import type { LogView } from "@/domain/logView";
import { type TimeRange, sameRange } from "@/domain/timeRange";
import { type View, defaultView, viewText } from "@/domain/view";

export interface Router {
  readonly route: Readonly<ShallowRef<Route>>;
  /** The page was opened by its plain address, which says nothing. */
  readonly plain: boolean;
  /** The past that is looked at; undefined: live. The same object for as long as it is the same. */
  readonly range: ComputedRef<TimeRange | undefined>;
  /** The address of a process's own page, at the time that is looked at; `key` is its row's. */
  readonly processLink: (key: string) => string;
  readonly dashboardLink: ComputedRef<string>;
  /** The whole address of what is shown, to be given to others. */
  readonly link: () => string;
  /** Opens a process's own page. */
  readonly open: (key: string) => void;
  /** To the dashboard: back where somebody came from there, else forward. */
  readonly toDashboard: () => void;
  /**
   * Looks at another time, or at the live figures. `adjust`: a step of a longer movement, which the
   * way back skips.
   */
  readonly lookAt: (range: TimeRange | undefined, adjust?: boolean) => void;
  /** Compares the process that is shown with a second one; undefined: with none. */
  readonly compare: (key: string | undefined) => void;
  /** The range that the one looked at is compared with. The same object for as long as it is the same. */
  readonly against: ComputedRef<TimeRange | undefined>;
  /** Compares the range that is looked at with a second one; undefined: with none. `adjust` as above. */
  readonly compareWith: (against: TimeRange | undefined, adjust?: boolean) => void;
  /** Says in the address of a process's page what of its log is chosen to be seen. */
  readonly showLog: (log: LogView) => void;
  /** Says in the dashboard's address what of it is chosen to be seen. `adjust` as above. */
  readonly showView: (view: View, adjust?: boolean) => void;
}

const routerKey: InjectionKey<Router> = Symbol("router");

export function provideRouter(): Router {
  const plain = ["", "#"].includes(window.location.hash);
  const route = shallowRef(parseRoute(window.location.hash));
  const bar = new AddressBar(window.history);
  let cameFromDashboard = false;
  /** What was chosen last: links from elsewhere lead back to it. */
  const chosen = shallowRef<View>(defaultView);
  const follow = (hash: string) => {
    const next = parseRoute(hash);
    cameFromDashboard = route.value.name === "dashboard" && next.name === "process" && sameRange(route.value.range, next.range);
    route.value = next;
    if (next.name === "dashboard") chosen.value = next.view ?? defaultView;
  };
  const onHash = () => {
    bar.drop();
    follow(window.location.hash);
  };
  const onHide = () => bar.settle();
  window.addEventListener("hashchange", onHash);
  window.addEventListener("pagehide", onHide);
  onScopeDispose(() => {
    window.removeEventListener("hashchange", onHash);
    window.removeEventListener("pagehide", onHide);
    bar.stop();
  });
  const range = computed<TimeRange | undefined>((before) => {
    const now = route.value.range;
    return sameRange(before, now) ? before : now;
  });
  const against = computed<TimeRange | undefined>((before) => {
    const now = route.value.against;
    return sameRange(before, now) ? before : now;
  });
  const dashboardLink = computed(() => dashboardHash(range.value, undefined, chosen.value));
  const go = (hash: string, adjust = false) => {
    if (adjust) bar.replace(hash);
    else bar.push(hash);
    follow(hash);
  };
  let silent = plain;
  const router: Router = {
    route,
    plain,
    range,
    processLink: (key) => processHash(key, range.value),
    dashboardLink,
    link() {
      bar.settle();
      return window.location.href;
    },
    open: (key) => go(processHash(key, range.value)),
    toDashboard() {
      bar.settle();
      if (cameFromDashboard) window.history.back();
      else go(dashboardLink.value);
    },
    lookAt(next, adjust = false) {
      if (!sameRange(next, range.value)) go(routeHash({ ...route.value, range: next }), adjust);
    },
    compare(key) {
      if (route.value.name === "process") go(processHash(route.value.key, range.value, key, route.value.log));
    },
    against,
    compareWith(next, adjust = false) {
      if (sameRange(next, against.value)) return;
      const { value } = route;
      if (value.name === "process") go(processHash(value.key, value.range, next, value.log), adjust);
      else go(dashboardHash(range.value, next, value.view), adjust);
    },
    showLog(log) {
      if (route.value.name === "process") go(routeHash({ ...route.value, log }));
    },
    showView(view, adjust = false) {
      chosen.value = view;
      if (route.value.name !== "dashboard" || (!silent && viewText(view) === viewText(route.value.view ?? defaultView))) return;
      silent = false;
      go(dashboardHash(range.value, against.value, view), adjust);
    },
  };
  provide(routerKey, router);
  return router;
}

export function useRouter(): Router {
  const router = inject(routerKey);
  if (router === undefined) throw new Error("useRouter needs provideRouter above it");
  return router;
}
