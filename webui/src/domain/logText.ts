// SPDX-License-Identifier: Apache-2.0
//
// An event in words.

import { type Event, EventKind } from "@/gen/memmon/v1/event_pb";
import type { TextKey, Translator } from "@/i18n";
import { addressRange } from "./addressRange";
import { errnoName, errorNumber, isExplained } from "./errno";
import { type FlagWords, mapFlagWords, protWords, remapFlagWords } from "./flags";
import { hexAddress } from "./format";
import { hidesResult } from "./kinds";

export interface ResultText {
  readonly text: string;
  readonly failed: boolean;
  /** Why such a call fails, where there is more to say than the error's name. */
  readonly explained?: string;
}

function words(flags: FlagWords, { t }: Translator): string {
  const known = flags.names.map((name) => t(`flag.${name}` as TextKey));
  if (flags.unknown !== 0) known.push(`0x${flags.unknown.toString(16)}`);
  return known.join(", ");
}

/** Protection and flags; empty for the kinds that have none. */
export function flagText(event: Event, translator: Translator): string {
  switch (event.kind) {
    case EventKind.MMAP:
      return [words(protWords(event.prot), translator), words(mapFlagWords(event.mapFlags), translator)]
        .filter(Boolean)
        .join(" · ");
    case EventKind.MREMAP:
      return words(remapFlagWords(event.mapFlags), translator);
    default:
      return "";
  }
}

/** Whether there are any: a row without is a line shorter where lines are narrow. */
export function hasFlags({ kind, mapFlags }: Pick<Event, "kind" | "mapFlags">): boolean {
  return kind === EventKind.MMAP || (kind === EventKind.MREMAP && mapFlags !== 0);
}

/** What only happens: its result is no answer of the kernel's. */
const answerless: ReadonlySet<EventKind> = new Set([
  EventKind.FORK,
  EventKind.EXIT,
  EventKind.EXEC,
  EventKind.MM_EXIT,
  EventKind.BASELINE,
  EventKind.RESYNC,
  EventKind.STACK,
  EventKind.RESYNC_END,
]);

function errorOf(event: Event): number | undefined {
  return answerless.has(event.kind) || hidesResult(event) ? undefined : errorNumber(event.result);
}

/** Whether it failed at an address: the reason then has a line of its own where the columns stand over each other. */
export function tellsApart(event: Event): boolean {
  return errorOf(event) !== undefined && addressRange(event) !== undefined;
}

/** How many lines an event takes where its columns stand over each other. */
export function stackedLines(event: Event): number {
  return 2 + (hasFlags(event) ? 1 : 0) + (tellsApart(event) ? 1 : 0);
}

/** And on the narrowest screens, where its name shares a line with its length alone. */
export function slimLines(event: Event): number {
  return 2 + [hasFlags(event), addressRange(event) !== undefined, errorOf(event) !== undefined].filter(Boolean).length;
}

function exitText(status: number, { t }: Translator): string {
  const signal = status & 0x7f;
  return signal === 0 ? t("result.exit", { code: (status >> 8) & 0xff }) : t("result.signal", { signal });
}

/** What came of it. */
export function resultText(event: Event, translator: Translator): ResultText {
  const { t } = translator;
  const ok = (text: string): ResultText => ({ text, failed: false });
  switch (event.kind) {
    case EventKind.FORK:
      return ok(t("result.parent", { pid: String(event.result) }));
    case EventKind.EXIT:
      return ok(exitText(Number(event.result), translator));
    case EventKind.EXEC:
    case EventKind.MM_EXIT:
    case EventKind.BASELINE:
    case EventKind.RESYNC:
    case EventKind.STACK:
      return ok("");
    case EventKind.RESYNC_END:
      return ok(t("result.settled"));
    default:
      break;
  }
  if (hidesResult(event)) return ok(t("result.ok"));
  const error = errorOf(event);
  if (error !== undefined) {
    const name = errnoName(error);
    if (name === undefined) return { text: t("result.errorNumber", { n: error }), failed: true };
    const explained = isExplained(name) ? { explained: t(`explain.${name}`) } : {};
    return { text: `${name}: ${t(`errno.${name}`)}`, failed: true, ...explained };
  }
  switch (event.kind) {
    case EventKind.MREMAP:
      return ok(event.result === event.address ? t("result.ok") : t("result.moved", { address: hexAddress(event.address) }));
    case EventKind.BRK:
      return ok(t("result.break", { address: hexAddress(event.result) }));
    default:
      return ok(t("result.ok"));
  }
}
