// SPDX-License-Identifier: Apache-2.0
//
// What of the dashboard is chosen to be seen. The address says it, so that a link shows the same
// thing and the browser's way back undoes a choice. What somebody chose themselves is remembered from
// visit to visit, for those who come by the plain address; whatever follows its # is a link: what it does
// not say is as it is at first. So what is shown is written there as soon as the page is.

import { type InjectionKey, type WritableComputedRef, computed, inject, provide, shallowRef, watch } from "vue";
import { arrangements } from "@/domain/outline";
import { measures, shareSpans, shareViews } from "@/domain/pie";
import { formatSorting, parseSorting } from "@/domain/sorting";
import { extents } from "@/domain/timeRange";
import { type View, defaultView, viewText } from "@/domain/view";
import { recallColumns } from "./columnMemory";
import { recall, recallText, remember } from "./storage";
import { narrowScreen } from "./useMediaQuery";
import type { Router } from "./useRouter";

export type ViewRefs = { readonly [Name in keyof View]: WritableComputedRef<View[Name]> } & {
  /** Others, which nobody chose: the way back skips it. */
  readonly adjustColumns: (columns: View["columns"]) => void;
};

const viewKey: InjectionKey<ViewRefs> = Symbol("view");

function remembered(): View {
  return {
    ...defaultView,
    arrangement: recall("arrangement", arrangements) ?? defaultView.arrangement,
    sorting: parseSorting(recallText("sorting")) ?? defaultView.sorting,
    measure: recall("measure", measures) ?? defaultView.measure,
    span: recall("shareSpan", shareSpans) ?? defaultView.span,
    shares: recall("shares", shareViews) ?? defaultView.shares,
    extent: recall("extent", extents) ?? defaultView.extent,
    columns: recallColumns(window.matchMedia(narrowScreen).matches),
  };
}

export function provideView(router: Router): ViewRefs {
  const { route, showView } = router;
  const said = () => (route.value.name === "dashboard" && !router.plain ? (route.value.view ?? defaultView) : undefined);
  const view = shallowRef<View>(said() ?? remembered());
  showView(view.value, true);

  // The way back and links; a process's own page says nothing of it, and leaves it.
  watch(
    route,
    (now) => {
      if (now.name !== "dashboard") return;
      const next = now.view ?? defaultView;
      if (viewText(next) !== viewText(view.value)) view.value = next;
    },
    { flush: "sync" },
  );

  /** `adjust`: a step of a longer choice, which the way back skips. */
  function choose(more: Partial<View>, adjust = false): void {
    view.value = { ...view.value, ...more };
    showView(view.value, adjust);
  }
  function field<Name extends keyof View>(name: Name, keep: (value: View[Name]) => void = () => undefined, adjust = false): WritableComputedRef<View[Name]> {
    return computed({
      get: () => view.value[name],
      set(value: View[Name]) {
        keep(value);
        choose({ [name]: value }, adjust);
      },
    });
  }
  const refs: ViewRefs = {
    search: computed({
      get: () => view.value.search,
      // Letters are steps of one search.
      set: (search) => choose({ search }, (search === "") === (view.value.search === "")),
    }),
    showEnded: field("showEnded"),
    arrangement: field("arrangement", (now) => remember("arrangement", now)),
    sorting: field("sorting", (now) => remember("sorting", formatSorting(now))),
    measure: field("measure", (now) => remember("measure", now)),
    span: field("span", (now) => remember("shareSpan", now)),
    shares: field("shares", (now) => remember("shares", now)),
    // The band shows more where a longer span is looked at: that span is the step.
    extent: field("extent", (now) => remember("extent", now), true),
    log: field("log"),
    compareBy: field("compareBy"),
    compareSort: field("compareSort"),
    only: field("only"),
    columns: field("columns"),
    adjustColumns: (columns) => choose({ columns }, true),
  };
  provide(viewKey, refs);
  return refs;
}

export function useView(): ViewRefs {
  const refs = inject(viewKey);
  if (refs === undefined) throw new Error("useView needs provideView above it");
  return refs;
}
