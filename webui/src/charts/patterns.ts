// SPDX-License-Identifier: Apache-2.0
//
// A slice's look: its colour, and a pattern over it for those who tell patterns from each other more
// easily than colours. One small tile is what the pie, the bars, the table and pictures repeat.

import { maxSlices } from "@/domain/pie";

/** Side of a tile, px; every pattern meets itself at the edges. */
const side = 12;

/** A pattern a colour, as different from its neighbours as lines and dots can be. */
const patterns: readonly string[] = [
  "M-3 3 3-3M-3 15 15-3M9 15 15 9",
  "M3 2.9v.2M9 8.9v.2",
  "M0 3h12M0 9h12",
  "M-3 9 3 15M-3-3 15 15M9-3 15 3",
  "M3 0v12M9 0v12",
  "M0 6h12M6 0v12",
  "M2 6a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
  "M0 0 12 12M12 0 0 12",
  "M0 3h5M6 9h5",
  "M0 8 3 4 6 8 9 4 12 8",
];

export interface SliceLook {
  readonly colour: string;
  /** Undefined where colours alone tell them apart. */
  readonly tile: HTMLCanvasElement | undefined;
  /** For a style's `background`. */
  readonly background: string;
}

/** Names are colour numbers, and "others", which is plain. */
export type SliceLooks = ReadonlyMap<string, SliceLook>;

function drawTile(colour: string, pattern: string, ink: string): HTMLCanvasElement | undefined {
  const tile = document.createElement("canvas");
  tile.width = tile.height = side;
  const context = tile.getContext("2d");
  if (context === null) return undefined;
  context.fillStyle = colour;
  context.fillRect(0, 0, side, side);
  context.strokeStyle = ink;
  context.lineWidth = 1.8;
  context.lineCap = "round";
  context.stroke(new Path2D(pattern));
  return tile;
}

/** By the theme that `style` has now. */
export function readLooks(style: CSSStyleDeclaration, withPatterns: boolean): SliceLooks {
  const ink = style.getPropertyValue("--panel").trim();
  const names = [...Array.from({ length: maxSlices }, (_, i) => String(i)), "others"];
  return new Map(
    names.map((name, i) => {
      const colour = style.getPropertyValue(`--slice-${name}`).trim();
      const pattern = withPatterns ? patterns[i] : undefined;
      const tile = pattern === undefined ? undefined : drawTile(colour, pattern, ink);
      return [name, { colour, tile, background: tile === undefined ? colour : `url("${tile.toDataURL()}")` }];
    }),
  );
}
