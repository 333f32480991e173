// SPDX-License-Identifier: Apache-2.0

export interface SparkSize {
  readonly width: number;
  readonly height: number;
  /** As many values as the width has room for. */
  readonly capacity: number;
}

/** SVG paths of values a step apart, the newest at the right edge, 0 at the bottom; undefined ones are gaps. */
export function sparkPaths(
  values: readonly (number | undefined)[],
  { width, height, capacity }: SparkSize,
): { readonly line: string; readonly area: string } {
  const top = values.reduce<number>((most, value) => Math.max(most, value ?? 0), 1);
  const step = width / Math.max(capacity - 1, 1);
  const first = width - (values.length - 1) * step;
  const x = (at: number) => (first + at * step).toFixed(1);
  const y = (value: number) => (height - 1 - (value / top) * (height - 3)).toFixed(1);
  let line = "";
  let area = "";
  for (let from = 0; from < values.length; ) {
    let run = "";
    let to = from;
    for (let value = values[to]; value !== undefined; value = values[++to]) run += `${to === from ? "M" : "L"}${x(to)} ${y(value)}`;
    // A single one is no line.
    if (to - from > 1) {
      line += run;
      area += `${run}V${height}H${x(from)}Z`;
    }
    from = to + 1;
  }
  return { line, area };
}
