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

/** Points there is room for in the beginning: most processes never change. */
const leastRoom = 8;

export class Series {
  /** A row a point: when, its peaks, its values. Numbers in a row take a tenth of what objects do, and no collection. */
  private rows = new Float64Array(0);
  private figures = 0;
  private count = 0;
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
    return this.count;
  }

  /** As many values each time. What does not change needs no point. */
  add(atMs: number, values: readonly number[]): void {
    const last = this.count - 1;
    if (last >= 0 && values.every((value, figure) => value === this.valueAt(last, figure))) return;
    const momentMs = this.startOf(atMs);
    if (last >= 0 && momentMs <= this.timeAt(last)) {
      for (const [figure, value] of values.entries()) {
        this.rows[this.peak(last, figure)] = Math.max(this.peakAt(last, figure), value);
        this.rows[this.value(last, figure)] = value;
      }
      return;
    }
    this.figures = values.length;
    this.makeRoom();
    this.rows.set([momentMs, ...values, ...values], this.count++ * this.width);
    // Points that are far from each other are not taken together by one step alone.
    while (this.count > this.capacity) this.thin();
  }

  /** When the point begins; the first is 0. */
  timeAt(index: number): number {
    return this.rows[index * this.width] ?? 0;
  }

  valueAt(index: number, figure: number): number {
    return this.rows[this.value(index, figure)] ?? 0;
  }

  list(): readonly SeriesPoint[] {
    return Array.from({ length: this.count }, (_, index) => ({
      atMs: this.timeAt(index),
      peaks: Array.from({ length: this.figures }, (_figure, figure) => this.peakAt(index, figure)),
      values: Array.from({ length: this.figures }, (_figure, figure) => this.valueAt(index, figure)),
    }));
  }

  private get width(): number {
    return 1 + 2 * this.figures;
  }

  private peak(index: number, figure: number): number {
    return index * this.width + 1 + figure;
  }

  private value(index: number, figure: number): number {
    return this.peak(index, figure) + this.figures;
  }

  private peakAt(index: number, figure: number): number {
    return this.rows[this.peak(index, figure)] ?? 0;
  }

  private startOf(atMs: number): number {
    return Math.floor(atMs / this.moment) * this.moment;
  }

  private makeRoom(): void {
    if ((this.count + 1) * this.width <= this.rows.length) return;
    const room = Math.min(Math.max(leastRoom, 2 * this.count), this.capacity + 1);
    const rows = new Float64Array(room * this.width);
    rows.set(this.rows);
    this.rows = rows;
  }

  private thin(): void {
    this.moment *= 2;
    let kept = 0;
    for (let index = 0; index < this.count; index++) {
      const atMs = this.startOf(this.timeAt(index));
      const joins = kept > 0 && this.timeAt(kept - 1) === atMs;
      const to = joins ? kept - 1 : kept++;
      for (let figure = 0; figure < this.figures; figure++) {
        const peak = this.peakAt(index, figure);
        this.rows[this.peak(to, figure)] = joins ? Math.max(this.peakAt(to, figure), peak) : peak;
        this.rows[this.value(to, figure)] = this.valueAt(index, figure);
      }
      this.rows[to * this.width] = atMs;
    }
    this.count = kept;
  }
}
