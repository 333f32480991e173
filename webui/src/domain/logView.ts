// SPDX-License-Identifier: Apache-2.0
//
// What of the log is chosen to be seen, and how an address says it: only what is not as it is at first.

import { type Errno, errnos } from "./errno";
import { type KindGroup, defaultGroups, kindGroups } from "./kinds";
import { minLengths } from "./logFilter";

export interface LogView {
  /** In the order of `kindGroups`; none of them is a choice, too. */
  readonly groups: readonly KindGroup[];
  /** Calls that failed, and nothing else. */
  readonly failed: boolean;
  /** Of these the ones with this error; undefined: with any. */
  readonly error: Errno | undefined;
  /** The smallest length, bytes: one of `minLengths`. */
  readonly minLength: bigint;
  /** Whether the log keeps to what the table is searched for. */
  readonly likeTable: boolean;
}

export const defaultLogView: LogView = { groups: defaultGroups, failed: false, error: undefined, minLength: 0n, likeTable: true };

const names = { groups: "log", failed: "failed", minLength: "least", likeTable: "like" } as const;
export const logViewNames: readonly string[] = Object.values(names);

const groupsText = (groups: readonly KindGroup[]) => groups.join(".");

/** As `toggle` leaves them: in their own order, so that an address does not tell the way to it. */
export function toggleGroup(groups: readonly KindGroup[], group: KindGroup): readonly KindGroup[] {
  return kindGroups.filter((each) => groups.includes(each) !== (each === group));
}

export function addLogView(view: LogView, params: URLSearchParams): void {
  if (groupsText(view.groups) !== groupsText(defaultGroups)) params.set(names.groups, groupsText(view.groups) || "none");
  if (view.failed) params.set(names.failed, view.error ?? "yes");
  if (view.minLength > 0n) params.set(names.minLength, String(view.minLength));
  if (!view.likeTable) params.set(names.likeTable, "no");
}

function parseGroups(text: string | null): readonly KindGroup[] {
  if (text === "none") return [];
  const said = new Set((text ?? "").split("."));
  const groups = kindGroups.filter((group) => said.has(group));
  return groups.length === 0 ? defaultGroups : groups;
}

/** What it leaves out, and what means nothing, is as it is at first. */
export function parseLogView(params: URLSearchParams): LogView {
  const failed = params.get(names.failed);
  const error = errnos.find((name) => name === failed);
  return {
    groups: parseGroups(params.get(names.groups)),
    failed: failed === "yes" || error !== undefined,
    error,
    minLength: minLengths.find((bytes) => String(bytes) === params.get(names.minLength)) ?? 0n,
    likeTable: params.get(names.likeTable) !== "no",
  };
}

export function logViewText(view: LogView): string {
  const params = new URLSearchParams();
  addLogView(view, params);
  return params.toString();
}
