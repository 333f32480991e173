// SPDX-License-Identifier: Apache-2.0
//
// Saves what is counted of one process: by this page, since it was opened, or by memmond, since the
// capture began; by either not before the process did.

import type { Counted, CountedSince } from "@/domain/sheets";
import type { Origin, Sheet } from "@/domain/sheet";
import { type Export, type Sheets, useExport } from "./useExport";
import { useMonitor } from "./useMonitor";

/** Who counts: what a file says of its span is true of all its figures that say no other. */
export type CountedBy = "capture" | "page";

export interface CountedExport extends Pick<Export, "savePicture" | "describe"> {
  readonly origin: (counted: Counted, by: CountedBy) => Origin;
  readonly saveCounts: (counted: Counted, by: CountedBy, format: "csv" | "json", make: (sheets: Sheets, since: CountedSince) => Sheet) => void;
}

export function useCountedExport(): CountedExport {
  const { origin, saveSheet, savePicture, describe } = useExport();
  const { sinceMs } = useMonitor();

  function since({ row }: Counted): CountedSince {
    const { fromMs } = origin();
    const begun = row.startMs ?? 0;
    return {
      captureMs: fromMs === undefined ? row.startMs : Math.max(fromMs, begun),
      pageMs: Math.max(sinceMs() ?? Date.now(), begun),
    };
  }
  function about(counted: Counted, by: CountedBy): Origin {
    const { captureMs, pageMs } = since(counted);
    return origin({ fromMs: by === "page" ? pageMs : captureMs, filter: `${counted.row.name} (${counted.row.pid})` });
  }
  return {
    origin: about,
    saveCounts(counted, by, format, make) {
      void saveSheet((sheets) => make(sheets, since(counted)), format, about(counted, by));
    },
    savePicture,
    describe,
  };
}
