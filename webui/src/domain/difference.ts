// SPDX-License-Identifier: Apache-2.0
//
// Why what a process holds is not its virtual size: what is true of this very process, in figures.

import { EventKind } from "@/gen/memmon/v1/memmon_pb";
import type { CallStats } from "./callStats";
import type { ProcessRow } from "./process";

export type Reason =
  /** It was there when the capture began: what it had mapped until then is in its size alone. */
  | { readonly name: "before"; readonly captureMs: number }
  /** Its program's image, heap and stack are in its size alone. */
  | { readonly name: "image" }
  /** As many other processes share its address space: what they map is in its size alone. */
  | { readonly name: "shared"; readonly count: number }
  /** Heap and mremap change the size, not what is held; as many such calls were seen. */
  | { readonly name: "otherCalls"; readonly count: number }
  /** Mappings put over others are counted as held twice, and are in the size once. */
  | { readonly name: "replaced" }
  /** Records were lost: one of the two may be late. */
  | { readonly name: "uncertain" };

export interface Difference {
  /** Which of the two is larger. */
  readonly larger: "virtualSize" | "held" | "neither";
  /** By how much, bytes. */
  readonly bytes: bigint;
  readonly reasons: readonly Reason[];
}

export function difference(
  row: ProcessRow,
  facts: { readonly captureMs: number | undefined; readonly sharers: number; readonly stats: CallStats | undefined },
): Difference {
  const bytes = row.virtualSize - row.held;
  const uncertain: Reason[] = row.uncertain ? [{ name: "uncertain" }] : [];
  if (bytes === 0n) return { larger: "neither", bytes, reasons: uncertain };
  if (bytes < 0n) return { larger: "held", bytes: -bytes, reasons: [{ name: "replaced" }, ...uncertain] };
  const reasons: Reason[] = [];
  const { captureMs } = facts;
  if (captureMs !== undefined && row.startMs !== undefined && row.startMs < captureMs) reasons.push({ name: "before", captureMs });
  reasons.push({ name: "image" });
  if (facts.sharers > 0) reasons.push({ name: "shared", count: facts.sharers });
  const seen = new Map(facts.stats?.byKind());
  const count = (seen.get(EventKind.BRK) ?? 0) + (seen.get(EventKind.MREMAP) ?? 0);
  if (count > 0) reasons.push({ name: "otherCalls", count });
  return { larger: "virtualSize", bytes, reasons: [...reasons, ...uncertain] };
}
