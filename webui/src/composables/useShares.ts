// SPDX-License-Identifier: Apache-2.0

import { computed, ref, shallowRef, watch } from "vue";
import { type Measure, assignColours } from "@/domain/pie";
import { useMonitor } from "./useMonitor";

export const othersKey = "others";

/** The pie, and a colour for each slice that stays with its process. */
export function useShares() {
  const { pieBy } = useMonitor();
  const measure = ref<Measure>("requested");
  const pie = computed(() => pieBy(measure.value));
  const colours = shallowRef<ReadonlyMap<string, number>>(new Map());
  watch(
    pie,
    ({ slices }) => {
      colours.value = assignColours(
        colours.value,
        slices.map(({ key }) => key),
      );
    },
    { immediate: true },
  );
  const chartSlices = computed(() => {
    const slices = pie.value.slices.map(({ key, bytes }) => ({
      key,
      value: Number(bytes),
      colour: String(colours.value.get(key) ?? 0),
    }));
    const others = pie.value.others;
    return others === undefined ? slices : [...slices, { key: othersKey, value: Number(others.bytes), colour: "others" }];
  });
  return { measure, pie, colours, chartSlices };
}
