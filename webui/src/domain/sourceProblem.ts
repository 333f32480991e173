// SPDX-License-Identifier: Apache-2.0
//
// What is wrong with where the events come from, as the page has words for it in its own languages.

import { SourceStatus_Cause as Cause } from "@/gen/memmon/v1/status_pb";

export type SourceProblem = "missing" | "permission" | "busy" | "version" | "damaged" | "other";

const problems = new Map<Cause, SourceProblem>([
  [Cause.MISSING, "missing"],
  [Cause.NO_PERMISSION, "permission"],
  [Cause.BUSY, "busy"],
  [Cause.OTHER_VERSION, "version"],
  [Cause.DAMAGED, "damaged"],
]);

/** "other" where only memmond's own words tell it, as of an older one, which says no cause. */
export function sourceProblem(cause: Cause | undefined): SourceProblem {
  return problems.get(cause ?? Cause.UNSPECIFIED) ?? "other";
}
