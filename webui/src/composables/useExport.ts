// SPDX-License-Identifier: Apache-2.0
//
// Hands files to the browser, named after the host and the time.

import { timestampMs } from "@/domain/format";
import type { Origin, Sheet } from "@/domain/sheet";
import { useI18n } from "./useI18n";
import { useMonitor } from "./useMonitor";
import { usePast } from "./usePast";
import { useSpans } from "./useSpans";

export type ExportFormat = "csv" | "json" | "png" | "print";

/** How each panel becomes a sheet. It comes when the first file is asked for: most visits never save one. */
export type Sheets = typeof import("@/domain/sheets");

export interface Export {
  /** Where the figures that are shown are from. */
  readonly origin: (more?: Partial<Pick<Origin, "fromMs" | "toMs" | "lostCount" | "unrecordedMs" | "filter">>) => Origin;
  readonly saveSheet: (make: (sheets: Sheets) => Sheet, format: "csv" | "json", origin: Origin) => Promise<void>;
  readonly savePicture: (name: string, picture: Blob, origin: Origin) => Promise<void>;
  /** The same for people, in one line. */
  readonly describe: (origin: Origin) => string;
}

const types = { csv: "text/csv;charset=utf-8", json: "application/json" } as const;

function hand(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser takes the file after this turn.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function useExport(): Export {
  const { status, totals, missingCount } = useMonitor();
  const { t, tn, format } = useI18n();
  const spans = useSpans();
  const past = usePast();

  /** Of a range of the past, or from the capture's beginning until now. */
  function span(): Pick<Origin, "fromMs" | "toMs" | "lostCount" | "unrecordedMs"> {
    const start = totals.value?.captureStartTime;
    if (past !== undefined) return { ...past.range.value, lostCount: past.answer.value?.lostCount, unrecordedMs: past.answer.value?.unrecordedMs };
    return {
      fromMs: start === undefined ? undefined : timestampMs(start),
      toMs: Date.now(),
      lostCount: (totals.value?.lostCount ?? 0n) + missingCount.value,
      // A capture goes on as long as memmond does.
      unrecordedMs: 0,
    };
  }

  return {
    origin(more = {}) {
      const source = status.value?.source;
      return {
        host: source?.hostName ?? "",
        kernel: source?.kernelRelease ?? "",
        bootId: source?.bootId ?? "",
        ...span(),
        filter: "",
        ...more,
      };
    },
    async saveSheet(make, as, origin) {
      const [sheets, { fileName, toCsv, toJson }] = await Promise.all([import("@/domain/sheets"), import("@/domain/sheet")]);
      const sheet = make(sheets);
      const text = as === "csv" ? toCsv(sheet, origin) : toJson(sheet, origin);
      hand(new Blob([text], { type: types[as] }), fileName(sheet.name, origin, as));
    },
    async savePicture(name, picture, origin) {
      const { fileName } = await import("@/domain/sheet");
      hand(picture, fileName(name, origin, "png"));
    },
    describe({ host, kernel, fromMs, toMs, lostCount, unrecordedMs }) {
      const parts = [host, kernel];
      const { dateTime } = format.value;
      parts.push(fromMs === undefined ? dateTime(toMs) : t("export.span", { from: dateTime(fromMs), to: dateTime(toMs) }));
      parts.push(format.value.zone(toMs));
      if (lostCount !== undefined && lostCount > 0n) parts.push(tn("export.lost", lostCount));
      if (unrecordedMs !== undefined && unrecordedMs > 0) parts.push(t("export.unrecorded", { duration: spans.value.duration(unrecordedMs) }));
      return parts.filter(Boolean).join(" · ");
    },
  };
}
