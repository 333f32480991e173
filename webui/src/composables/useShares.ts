// SPDX-License-Identifier: Apache-2.0

import { computed, ref, shallowRef, watch } from "vue";
import { type SliceLooks, readLooks } from "@/charts/patterns";
import { assignColours } from "@/domain/pie";
import { steadyNow } from "@/domain/steadyClock";
import { minuteMs } from "@/domain/timeRange";
import { recall, remember } from "./storage";
import { useTheme } from "./useTheme";
import { useMonitor } from "./useMonitor";
import { usePast } from "./usePast";
import { useRecentRequests } from "./useRecentRequests";
import { useView } from "./useView";

export const othersKey = "others";

/** The pie, and a look for each slice that stays with its process. */
export function useShares() {
  const { pieBy, rows, totals } = useMonitor();
  const recent = useRecentRequests();
  const isPast = usePast() !== undefined;
  const { dark } = useTheme();
  const { measure, span, shares: view } = useView();
  // Who has asked the system for more contrast is not made to look for the switch.
  const patterned = ref((recall("patterns", ["on", "off"]) ?? (matchMedia("(prefers-contrast: more)").matches ? "on" : "off")) === "on");
  watch(patterned, (now) => remember("patterns", now ? "on" : "off"));
  /** Requests alone are counted over a span: what is held is held now. The past is a span of its own. */
  const spanChoosable = computed(() => measure.value === "requested" && !isPast);
  /** Of the last minutes, where they are chosen. */
  const lately = computed(() => {
    if (!spanChoosable.value || span.value === "all") return undefined;
    return recent.shares(rows.value, totals.value?.requestedBytes ?? 0n, Number(span.value) * minuteMs, steadyNow());
  });
  const pie = computed(() => lately.value?.pie ?? pieBy(measure.value));
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
  // Reading styles makes the browser lay the page out: once a theme, not once a redraw.
  const themed = shallowRef<SliceLooks>(new Map());
  const border = shallowRef("");
  function readTheme(): void {
    const style = getComputedStyle(document.documentElement);
    border.value = style.getPropertyValue("--panel").trim();
    themed.value = readLooks(style, patterned.value);
  }
  watch([dark, patterned], readTheme, { immediate: true, flush: "post" });

  /** By key of slice, and `othersKey`. */
  const looks = computed<SliceLooks>(() => {
    const of = (name: string) => themed.value.get(name) ?? { colour: "", tile: undefined, background: "" };
    const entries = pie.value.slices.map(({ key }) => [key, of(String(colours.value.get(key) ?? 0))] as const);
    return new Map([...entries, [othersKey, of("others")]]);
  });
  const chartSlices = computed(() => {
    const slices = pie.value.slices.map(({ key, bytes }) => ({ key, value: Number(bytes), opens: true, look: looks.value.get(key) }));
    const others = pie.value.others;
    if (others === undefined) return slices;
    return [...slices, { key: othersKey, value: Number(others.bytes), opens: false, look: looks.value.get(othersKey) }];
  });
  return { measure, span, spanChoosable, lately, view, patterned, pie, looks, border, chartSlices };
}
