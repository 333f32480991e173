// SPDX-License-Identifier: Apache-2.0
//
// Puts what is seen into one picture: a title, where and when it is from, charts, and their figures.
// In the colours of the page.

import type { SliceLook } from "./patterns";

export interface PictureRow {
  readonly look?: SliceLook;
  readonly name: string;
  readonly figures: readonly string[];
  /** Length of its bar, 0 to 1; undefined where there are none. */
  readonly bar?: number;
  /** Its bar would be longer than there is room for. */
  readonly cut?: boolean;
}

export interface PictureChart {
  readonly image: HTMLCanvasElement | HTMLImageElement;
  /** As it is on the page, px. */
  readonly width: number;
  readonly height: number;
  readonly caption?: string;
}

export interface PictureContent {
  readonly title: string;
  readonly note: string;
  readonly charts: readonly PictureChart[];
  readonly rows: readonly PictureRow[];
}

const scale = 2;
const margin = 24;
const rowHeight = 26;
const rowsWidth = 470;
const barWidth = 300;

/** An SVG of the page as an image: what its style sheets say of it goes with it. */
export async function chartOf(svg: SVGSVGElement, caption: string): Promise<PictureChart> {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const kept = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "opacity", "font-size", "font-family", "text-anchor"];
  const originals = svg.querySelectorAll("*");
  copy.querySelectorAll<SVGElement>("*").forEach((element, i) => {
    const original = originals[i];
    if (original === undefined) return;
    const style = getComputedStyle(original);
    for (const name of kept) element.setAttribute(name, style.getPropertyValue(name));
  });
  const { width, height } = svg.getBoundingClientRect();
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", String(width * scale));
  copy.setAttribute("height", String(height * scale));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  return { image, width, height, caption };
}

function chartGap({ caption }: PictureChart): number {
  return caption === undefined ? 12 : 26;
}

/** A tooth that is taken out of a bar's end at x. */
function notch(x: number, y: number): Path2D {
  return new Path2D(`M${x + 1} ${y - 3.5}L${x - 6} ${y}L${x + 1} ${y + 3.5}Z`);
}

export async function drawPicture({ title, note, charts, rows }: PictureContent): Promise<Blob> {
  const bars = rows.some(({ bar }) => bar !== undefined);
  const listWidth = rows.length === 0 ? 0 : rowsWidth + (bars ? barWidth : 0);
  // A list stands beside its chart, charts without a list one below the other.
  const chartsWidth = Math.max(0, ...charts.map((chart) => chart.width));
  const gap = chartsWidth > 0 && listWidth > 0 ? margin : 0;
  const chartsHeight = charts.reduce((sum, chart) => sum + chart.height + chartGap(chart), 0);
  const top = margin + 56;
  const width = Math.max(chartsWidth + gap + listWidth, 560) + 2 * margin;
  const height = top + Math.max(chartsHeight, rows.length * rowHeight) + margin;

  const canvas = document.createElement("canvas");
  canvas.width = width * scale;
  canvas.height = height * scale;
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser draws no pictures");
  context.scale(scale, scale);
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const font = (size: number, weight = 400) => (context.font = `${weight} ${size}px ${colour("--font")}`);
  const write = (text: string, x: number, y: number, most?: number) => context.fillText(text, x, y, most);

  context.fillStyle = colour("--panel");
  context.fillRect(0, 0, width, height);
  context.fillStyle = colour("--text");
  font(17, 600);
  write(title, margin, margin + 16);
  context.fillStyle = colour("--dim");
  font(12);
  write(note, margin, margin + 36, width - 2 * margin);

  let y = top + (rows.length > 0 ? Math.max(0, (rows.length * rowHeight - chartsHeight) / 2) : 0);
  for (const chart of charts) {
    if (chart.caption !== undefined) {
      context.fillStyle = colour("--text");
      font(12, 500);
      write(chart.caption, margin, y + 14);
    }
    y += chartGap(chart);
    context.drawImage(chart.image, margin, y, chart.width, chart.height);
    y += chart.height;
  }

  const left = margin + chartsWidth + gap;
  rows.forEach((row, i) => {
    const middle = top + i * rowHeight + rowHeight / 2;
    const fill = row.look === undefined ? colour("--faint") : (pattern(context, row.look) ?? row.look.colour);
    context.fillStyle = fill;
    context.fillRect(left, middle - 7, 14, 14);
    context.fillStyle = colour("--text");
    font(13, 500);
    write(row.name, left + 24, middle + 4, 190);
    if (row.bar !== undefined) {
      context.fillStyle = fill;
      const length = Math.max(1, row.bar * (barWidth - 10));
      context.fillRect(left + 220, middle - 7, length, 14);
      // Torn off, as on the page.
      context.fillStyle = colour("--panel");
      if (row.cut) for (const at of [-3.5, 3.5]) context.fill(notch(left + 220 + length, middle + at));
    }
    context.fillStyle = colour("--text");
    context.textAlign = "right";
    font(13);
    const columns = [left + listWidth - 170, left + listWidth - 75, left + listWidth];
    row.figures.forEach((text, at) => write(text, columns[at] ?? left + listWidth, middle + 4));
    context.textAlign = "left";
  });

  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob === null ? reject(new Error("the picture is too large")) : resolve(blob)), "image/png"),
  );
}

function pattern(context: CanvasRenderingContext2D, look: SliceLook): CanvasPattern | undefined {
  return look.tile === undefined ? undefined : (context.createPattern(look.tile, "repeat") ?? undefined);
}
