// SPDX-License-Identifier: Apache-2.0
//
// How two ranges are compared: line by line of what, and in which order.

export const comparisonGroupings = ["process", "program"] as const;
export type ComparisonGrouping = (typeof comparisonGroupings)[number];

export const comparedColumns = ["name", "requested", "held", "calls"] as const;
export type ComparedColumn = (typeof comparedColumns)[number];

export interface ComparedSorting {
  readonly column: ComparedColumn;
  readonly descending: boolean;
}
