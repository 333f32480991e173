// SPDX-License-Identifier: Apache-2.0
//
// Saves what the page has counted of one process: since it was opened, or since the process began.

import type { Counted } from "@/domain/sheets";
import type { Origin, Sheet } from "@/domain/sheet";
import { type Export, type Sheets, useExport } from "./useExport";
import { useMonitor } from "./useMonitor";

export interface CountedExport extends Pick<Export, "savePicture" | "describe"> {
  readonly origin: (counted: Counted) => Origin;
  readonly saveCounts: (counted: Counted, format: "csv" | "json", make: (sheets: Sheets) => Sheet) => void;
}

export function useCountedExport(): CountedExport {
  const { origin, saveSheet, savePicture, describe } = useExport();
  const { sinceMs } = useMonitor();
  const about = ({ row }: Counted) =>
    origin({ fromMs: Math.max(sinceMs() ?? Date.now(), row.startMs ?? 0), filter: `${row.name} (${row.pid})` });
  return {
    origin: about,
    saveCounts(counted, format, make) {
      void saveSheet(make, format, about(counted));
    },
    savePicture,
    describe,
  };
}
