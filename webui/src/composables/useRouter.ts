// SPDX-License-Identifier: Apache-2.0
//
// Which page of the page is shown. The address says it, so that a process can be linked to, and the
// browser's own way back works.

import { type InjectionKey, type ShallowRef, inject, onScopeDispose, provide, shallowRef } from "vue";
import { type Route, dashboardHash, parseRoute, processHash } from "@/domain/route";

export interface Router {
  readonly route: Readonly<ShallowRef<Route>>;
  /** Opens a process's own page; `key` is its row's. */
  readonly open: (key: string) => void;
  /** To the dashboard: back where somebody came from there, else forward. */
  readonly toDashboard: () => void;
}

const routerKey: InjectionKey<Router> = Symbol("router");

export function provideRouter(): Router {
  const route = shallowRef(parseRoute(window.location.hash));
  let cameFromDashboard = false;
  const follow = () => {
    const next = parseRoute(window.location.hash);
    cameFromDashboard = route.value.name === "dashboard" && next.name === "process";
    route.value = next;
  };
  window.addEventListener("hashchange", follow);
  onScopeDispose(() => window.removeEventListener("hashchange", follow));
  const router: Router = {
    route,
    open: (key) => (window.location.hash = processHash(key)),
    toDashboard() {
      if (cameFromDashboard) window.history.back();
      else window.location.hash = dashboardHash;
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
