// SPDX-License-Identifier: Apache-2.0
//
// Whether a range of the past is shown in the place of the live figures, and which.

import { type InjectionKey, type Ref, type ShallowRef, inject } from "vue";
import type { PastAnswer } from "@/api/past";
import type { HistoryProblem } from "@/domain/historyProblem";
import type { TimeRange } from "@/domain/timeRange";

export interface Past {
  readonly range: Readonly<Ref<TimeRange>>;
  readonly answer: Readonly<ShallowRef<PastAnswer | undefined>>;
  readonly problem: Readonly<ShallowRef<HistoryProblem | undefined>>;
  readonly loading: Readonly<Ref<boolean>>;
  readonly retry: () => void;
}

export const pastKey: InjectionKey<Past> = Symbol("past");

/** The range of the past that is shown here; undefined where it is live. */
export function usePast(): Past | undefined {
  return inject(pastKey, undefined);
}
