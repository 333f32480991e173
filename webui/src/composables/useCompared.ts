// SPDX-License-Identifier: Apache-2.0

import { type ComputedRef, computed } from "vue";
import type { Course } from "@/domain/course";
import { pidOf } from "@/domain/keyText";
import type { ProcessRow } from "@/domain/process";
import { useCourse } from "./useCourse";
import { useMonitor } from "./useMonitor";
import { useProcessCalls } from "./useProcessCalls";
import { useRouter } from "./useRouter";
import { useTimeline } from "./useTimeline";

export interface Compared {
  readonly otherRow: ComputedRef<ProcessRow | undefined>;
  readonly other: ComputedRef<Course | undefined>;
  /** Its process id, where neither memmond nor its database knows it (any more). */
  readonly unknownPid: ComputedRef<number | undefined>;
}

/** The second process that the address names, and how it went until now. */
export function useCompared(): Compared {
  const { rows, rowOf, told } = useMonitor();
  const { route } = useRouter();
  const key = computed(() => (route.value.name === "process" ? route.value.compared : undefined));
  /** Without a database it is asked for nothing. */
  const { problem: noHistory } = useTimeline();
  const { course, storedRow, problem } = useCourse(key, useProcessCalls(key).answer);
  const otherRow = computed(() => {
    void rows.value;
    return key.value === undefined ? undefined : (rowOf(key.value) ?? storedRow.value);
  });
  const unknownPid = computed(() => (otherRow.value === undefined && told.value && (problem.value ?? noHistory.value) !== undefined ? pidOf(key.value) : undefined));
  return { otherRow, other: course, unknownPid };
}
