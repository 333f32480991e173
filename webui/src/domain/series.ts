// SPDX-License-Identifier: Apache-2.0
//
// How a figure or two went since somebody began to look, in a fixed number of points: when they are
// full, moments are taken together, two and two. A point keeps the highest of its moments, so that
// no peak is smoothed away, and the latest, which holds until the next point.

export interface SeriesPoint {
  readonly atMs: number;
  /** The highest from `atMs` to `atMs` + the series' `momentMs`. */
  readonly peaks: readonly number[];
  /** From then on, until the next point. */
  readonly values: readonly number[];
}

interface Point {
  atMs: number;
  peaks: number[];
  values: number[];
}

export class Series {
  private points: Point[] = [];
  private moment: number;

  constructor(
    private readonly capacity = 160,
    firstMomentMs = 1_000,
  ) {
    this.moment = firstMomentMs;
  }

  /** How long a point's peak holds, ms. */
  get momentMs(): number {
    return this.moment;
  }

  get size(): number {
    return this.points.length;
  }

  /** What does not change needs no point. */
  add(atMs: number, values: readonly number[]): void {
    const last = this.points.at(-1);
    if (last !== undefined && values.every((value, i) => value === last.values[i])) return;
    const momentMs = this.startOf(atMs);
    if (last !== undefined && momentMs <= last.atMs) {
      last.values = [...values];
      last.peaks = last.peaks.map((peak, i) => Math.max(peak, values[i] ?? peak));
      return;
    }
    this.points.push({ atMs: momentMs, peaks: [...values], values: [...values] });
    // Points that are far from each other are not taken together by one step alone.
    while (this.points.length > this.capacity) this.thin();
  }

  list(): readonly SeriesPoint[] {
    return this.points;
  }

  private startOf(atMs: number): number {
    return Math.floor(atMs / this.moment) * this.moment;
  }

  private thin(): void {
    this.moment *= 2;
    const kept: Point[] = [];
    for (const point of this.points) {
      const last = kept.at(-1);
      const atMs = this.startOf(point.atMs);
      if (last === undefined || last.atMs !== atMs) {
        kept.push({ ...point, atMs });
        continue;
      }
      last.values = point.values;
      last.peaks = last.peaks.map((peak, i) => Math.max(peak, point.peaks[i] ?? peak));
    }
    this.points = kept;
  }
}
