// SPDX-License-Identifier: Apache-2.0

import type { Piece } from "@/domain/course";

/** SVG paths of a line of steps; `area` reaches down to `ground`. */
export function linePaths(
  pieces: readonly Piece[],
  x: (ms: number) => number,
  y: (value: number) => number,
  ground: number,
): { readonly line: string; readonly area: string } {
  let line = "";
  let area = "";
  for (const { steps, toMs } of pieces) {
    let path = "";
    for (const { atMs, value } of steps) {
      const at = x(atMs).toFixed(1);
      path += path === "" ? `M${at} ${y(value).toFixed(1)}` : `H${at}V${y(value).toFixed(1)}`;
    }
    if (path === "" || steps[0] === undefined) continue;
    path += `H${x(toMs).toFixed(1)}`;
    line += path;
    area += `${path}V${ground}H${x(steps[0].atMs).toFixed(1)}Z`;
  }
  return { line, area };
}
