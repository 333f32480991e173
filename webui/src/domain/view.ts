// SPDX-License-Identifier: Apache-2.0
//
// What of the dashboard is chosen to be seen, and how the address says it: only what is not as it is
// at first, so that most addresses stay short.

import { type Column, columnsText, parseColumns } from "./columns";
import { type ComparedSorting, type ComparisonGrouping, comparedColumns, comparisonGroupings } from "./comparedView";
import { type Arrangement, arrangements } from "./outline";
import { keyText, parseKey } from "./keyText";
import { type LogView, addLogView, defaultLogView, logViewNames, parseLogView } from "./logView";
import { type Measure, type ShareSpan, type ShareView, measures, shareSpans, shareViews } from "./pie";
import { type Sorting, defaultSorting, parseSorting } from "./sorting";
import { type Extent, extents } from "./timeRange";

export interface View {
  readonly search: string;
  readonly showEnded: boolean;
  readonly arrangement: Arrangement;
  readonly sorting: Sorting;
  /** Of the shares, and over which time they are counted. */
  readonly measure: Measure;
  readonly span: ShareSpan;
  /** What the shares are drawn as. */
  readonly shares: ShareView;
  /** How much time the band shows. */
  readonly extent: Extent;
  readonly log: LogView;
  /** How a second range is compared with. */
  readonly compareBy: ComparisonGrouping;
  readonly compareSort: ComparedSorting;
  /** Key of the one process that the log shows; undefined: of all. */
  readonly only: string | undefined;
  /** Of the table; undefined: those that the screen has room for at first. */
  readonly columns: readonly Column[] | undefined;
}

export const defaultView: View = {
  search: "",
  showEnded: true,
  arrangement: "list",
  sorting: defaultSorting,
  measure: "requested",
  span: "all",
  shares: "pie",
  extent: "hour",
  log: defaultLogView,
  compareBy: "process",
  compareSort: { column: "requested", descending: true },
  only: undefined,
  columns: undefined,
};

/** Of a range of the past: who holds more at its end than at its beginning, on any screen. */
export const grownView: View = {
  ...defaultView,
  sorting: { column: "trend", descending: true },
  columns: ["pid", "name", "held", "trend"],
};

const names = { filter: "filter", ended: "ended", by: "by", sort: "sort", share: "share", last: "last", shares: "as", extent: "band", compareBy: "compare", compareSort: "order", only: "only", columns: "columns" } as const;

/** A column, with a minus before it where the largest come first. */
function sortText({ column, descending }: Sorting | ComparedSorting): string {
  return `${descending ? "-" : ""}${column}`;
}

function parseSort(text: string | null): Sorting | undefined {
  const [, minus, column] = /^(-?)(\w+)$/.exec(text ?? "") ?? [];
  return parseSorting(`${column} ${minus ? "desc" : "asc"}`);
}

function parseOrder(text: string | null): ComparedSorting {
  const column = comparedColumns.find((name) => name === text?.replace(/^-/, ""));
  return column === undefined ? defaultView.compareSort : { column, descending: text?.startsWith("-") ?? false };
}

function among<T extends string>(text: string | null, allowed: readonly T[], otherwise: T): T {
  return allowed.find((candidate) => candidate === text) ?? otherwise;
}

/** The address's parameters; empty where all is as it is at first. */
export function viewText(view: View): string {
  const params = new URLSearchParams();
  if (view.search !== "") params.set(names.filter, view.search);
  if (!view.showEnded) params.set(names.ended, "no");
  if (view.arrangement !== defaultView.arrangement) params.set(names.by, view.arrangement);
  if (sortText(view.sorting) !== sortText(defaultSorting)) params.set(names.sort, sortText(view.sorting));
  if (view.measure !== defaultView.measure) params.set(names.share, view.measure);
  if (view.span !== defaultView.span) params.set(names.last, view.span);
  if (view.shares !== defaultView.shares) params.set(names.shares, view.shares);
  if (view.extent !== defaultView.extent) params.set(names.extent, view.extent);
  addLogView(view.log, params);
  if (view.compareBy !== defaultView.compareBy) params.set(names.compareBy, view.compareBy);
  if (sortText(view.compareSort) !== sortText(defaultView.compareSort)) params.set(names.compareSort, sortText(view.compareSort));
  if (view.only !== undefined) params.set(names.only, keyText(view.only));
  if (view.columns !== undefined) params.set(names.columns, columnsText(view.columns));
  return params.toString();
}

/**
 * The view that an address's parameters say; undefined where they say nothing of it. What they leave
 * out, and what means nothing, is as it is at first.
 */
export function parseView(params: URLSearchParams): View | undefined {
  if (![...Object.values(names), ...logViewNames].some((name) => params.has(name))) return undefined;
  return {
    search: params.get(names.filter) ?? "",
    showEnded: params.get(names.ended) !== "no",
    arrangement: among(params.get(names.by), arrangements, defaultView.arrangement),
    sorting: parseSort(params.get(names.sort)) ?? defaultSorting,
    measure: among(params.get(names.share), measures, defaultView.measure),
    span: among(params.get(names.last), shareSpans, defaultView.span),
    shares: among(params.get(names.shares), shareViews, defaultView.shares),
    extent: among(params.get(names.extent), extents, defaultView.extent),
    log: parseLogView(params),
    compareBy: among(params.get(names.compareBy), comparisonGroupings, defaultView.compareBy),
    compareSort: parseOrder(params.get(names.compareSort)),
    only: parseKey(params.get(names.only))?.key,
    columns: parseColumns(params.get(names.columns) ?? undefined),
  };
}
