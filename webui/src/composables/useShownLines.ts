// SPDX-License-Identifier: Apache-2.0
//
// All lines of the process table with their figures, those out of sight too: for files and paper.

import { sumUp, unknownGroup } from "@/domain/group";
import type { Line } from "@/domain/outline";
import type { ShownLine } from "@/domain/sheets";
import { useI18n } from "./useI18n";
import { useMonitor } from "./useMonitor";
import { useTableState } from "./useTableState";

export function useShownLines(): (lines: readonly Line[]) => ShownLine[] {
  const { rowOf, history } = useMonitor();
  const { arrangement } = useTableState();
  const { t } = useI18n();
  return (lines) =>
    lines.flatMap((line): ShownLine[] => {
      if (line.type === "group") {
        const unnamed = line.name === unknownGroup ? t("past.unknown") : arrangement.value === "user" ? line.name : t("table.noContainer");
        const name = line.label || unnamed;
        return [{ line, name, sums: sumUp(line.keys.flatMap((key) => rowOf(key) ?? []), history) }];
      }
      const row = rowOf(line.key);
      return row === undefined ? [] : [{ line, row }];
    });
}
