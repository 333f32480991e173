// SPDX-License-Identifier: Apache-2.0
//
// The columns that somebody chose for the table. A telephone has no room for what a desk has: each
// remembers its own.

import { type Column, columnsText, parseColumns } from "@/domain/columns";
import { recallText, remember } from "./storage";

const key = (narrow: boolean) => (narrow ? "columns.narrow" : "columns");

export function recallColumns(narrow: boolean): readonly Column[] | undefined {
  return parseColumns(recallText(key(narrow)));
}

/** undefined: those that are there at first. */
export function rememberColumns(narrow: boolean, columns: readonly Column[] | undefined): void {
  remember(key(narrow), columns && columnsText(columns));
}
