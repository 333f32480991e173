// SPDX-License-Identifier: Apache-2.0

import { type ComputedRef, computed } from "vue";
import type { Course } from "@/domain/course";
import type { ProcessRow } from "@/domain/process";
import { useCourse } from "./useCourse";
import { useMonitor } from "./useMonitor";
import { useProcessCalls } from "./useProcessCalls";
import { useRouter } from "./useRouter";

/** The second process that the address names, and how it went until now. */
export function useCompared(): { readonly otherRow: ComputedRef<ProcessRow | undefined>; readonly other: ComputedRef<Course | undefined> } {
  const { rows, rowOf } = useMonitor();
  const { route } = useRouter();
  const key = computed(() => (route.value.name === "process" ? route.value.compared : undefined));
  const { course, storedRow } = useCourse(key, useProcessCalls(key).answer);
  const otherRow = computed(() => {
    void rows.value;
    return key.value === undefined ? undefined : (rowOf(key.value) ?? storedRow.value);
  });
  return { otherRow, other: course };
}
