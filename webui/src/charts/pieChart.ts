// SPDX-License-Identifier: Apache-2.0
//
// The only file that knows ECharts, and only the parts of it that a pie needs. Loaded by itself
// after the page is there. No tooltip: ECharts makes its own out of strings with inline styles,
// which a strict CSP refuses; the page shows the same in the middle of the ring and in the table.

import { PieChart } from "echarts/charts";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import type { SliceLook } from "./patterns";

use([PieChart, CanvasRenderer]);

/** A tile is repeated over the slice. */
function fill(look: SliceLook | undefined) {
  if (look?.tile === undefined) return look?.colour;
  return { image: look.tile, repeat: "repeat" as const };
}

export interface ChartSlice {
  readonly key: string;
  readonly value: number;
  /** Whether there is something to open. */
  readonly opens: boolean;
  readonly look: SliceLook | undefined;
}

export interface PieHandle {
  draw(slices: readonly ChartSlice[], border: string): void;
  highlight(key: string | undefined): void;
  resize(): void;
  dispose(): void;
}

export interface PieEvents {
  readonly onHover: (key: string | undefined) => void;
  readonly onOpen: (key: string) => void;
}

export function createPie(element: HTMLElement, { onHover, onOpen }: PieEvents): PieHandle {
  const chart = init(element, null, { renderer: "canvas" });
  // It asks for ten frames more when all is drawn, each of which costs the whole page one: at five drawings a second it never rests.
  chart.getZr().setSleepAfterStill(1);
  let drawn: readonly ChartSlice[] = [];
  chart.on("mouseover", (event) => onHover(drawn[event.dataIndex]?.key));
  chart.on("mouseout", () => onHover(undefined));
  chart.on("click", (event) => {
    const slice = drawn[event.dataIndex];
    if (slice?.opens) onOpen(slice.key);
  });
  return {
    draw(slices, border) {
      drawn = slices;
      chart.setOption({
        // The figures change faster than an animation ends: slices would never be where they belong.
        animation: false,
        series: [
          {
            type: "pie",
            radius: ["62%", "94%"],
            startAngle: 90,
            label: { show: false },
            labelLine: { show: false },
            emphasis: { scaleSize: 4 },
            itemStyle: { borderColor: border, borderWidth: slices.length > 1 ? 1.5 : 0 },
            data: slices.map(({ key, value, opens, look }) => ({
              name: key,
              value,
              cursor: opens ? "pointer" : "default",
              itemStyle: { color: fill(look) },
            })),
          },
        ],
      });
    },
    highlight(key) {
      chart.dispatchAction({ type: "downplay", seriesIndex: 0 });
      const dataIndex = drawn.findIndex((slice) => slice.key === key);
      if (dataIndex >= 0) chart.dispatchAction({ type: "highlight", seriesIndex: 0, dataIndex });
    },
    resize: () => chart.resize(),
    dispose: () => chart.dispose(),
  };
}
