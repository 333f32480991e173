// SPDX-License-Identifier: Apache-2.0
//
// Saves what memmond counts of one process: since the capture began, or since the process did.

import type { ProcessRow } from "@/domain/process";
import type { Origin, Sheet } from "@/domain/sheet";
import { type Export, type Sheets, useExport } from "./useExport";

export interface CountedExport extends Pick<Export, "savePicture" | "describe"> {
  readonly origin: (row: ProcessRow) => Origin;
  readonly saveCounts: (row: ProcessRow, format: "csv" | "json", make: (sheets: Sheets) => Sheet) => void;
}

export function useCountedExport(): CountedExport {
  const { origin, saveSheet, savePicture, describe } = useExport();

  function about(row: ProcessRow): Origin {
    const { fromMs } = origin();
    const sinceMs = fromMs === undefined ? row.startMs : Math.max(fromMs, row.startMs ?? 0);
    return origin({ fromMs: sinceMs, filter: `${row.name} (${row.pid})` });
  }
  return {
    origin: about,
    saveCounts(row, format, make) {
      void saveSheet(make, format, about(row));
    },
    savePicture,
    describe,
  };
}
