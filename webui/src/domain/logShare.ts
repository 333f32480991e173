// SPDX-License-Identifier: Apache-2.0
//
// How much of what happened a stream has brought to the log, and how much it left out, message by
// message. The latest minute or so.

import { type KindGroup, kindGroups } from "./kinds";

/** Rates are of so long. */
const latelyMs = 3_000;
/** Sooner after its beginning a stream has no rate. */
const leastMs = 1_000;
/** Forty a second come of a busy host. */
const maxMessages = 2_400;

/** Of one message. */
export class Brought {
  readonly came = new Map<KindGroup, number>();
  readonly leftOut = new Map<KindGroup, number>();

  /** `lastId`: of the latest entry of the log. */
  constructor(
    readonly atMs: number,
    public lastId: number,
  ) {}

  add(group: KindGroup): void {
    this.came.set(group, (this.came.get(group) ?? 0) + 1);
  }

  leaveOut(group: KindGroup, count: number): void {
    this.leftOut.set(group, (this.leftOut.get(group) ?? 0) + count);
  }
}

/** A second. */
export interface LeftOut {
  readonly count: number;
  /** With those that came. */
  readonly of: number;
}

/** A message's row: when, the latest entry, and of each group how many came and how many were left out. */
const [cameAt, leftOutAt, width] = [2, 2 + kindGroups.length, 2 + 2 * kindGroups.length];

export class LogShare {
  /** The latest messages, a ring of rows: as objects they would grow for a minute, and be moved about. */
  private readonly rows = new Float64Array(maxMessages * width);
  private count = 0;
  private begunMs = Number.NEGATIVE_INFINITY;
  private readonly groups = new Set<KindGroup>();

  /** A stream begins. */
  begin(nowMs: number): void {
    this.begunMs = nowMs;
  }

  add(brought: Brought): void {
    const row = this.row(this.count++);
    row.set([brought.atMs, brought.lastId]);
    for (const [at, group] of kindGroups.entries()) {
      row[cameAt + at] = brought.came.get(group) ?? 0;
      row[leftOutAt + at] = brought.leftOut.get(group) ?? 0;
    }
    for (const group of brought.leftOut.keys()) this.groups.add(group);
  }

  /** Whether any of a group was ever left out. */
  isPart(group: KindGroup): boolean {
    return this.groups.has(group);
  }

  /** Undefined where nothing was left out in the last seconds. */
  lately(groups: ReadonlySet<KindGroup>, nowMs: number): LeftOut | undefined {
    const fromMs = Math.max(this.begunMs, nowMs - latelyMs);
    if (nowMs - fromMs < leastMs) return undefined;
    let [came, leftOut] = [0, 0];
    for (const row of this.newestFirst()) {
      if (atMs(row) < fromMs) break;
      came += sumOf(row, cameAt, groups);
      leftOut += sumOf(row, leftOutAt, groups);
    }
    const perSecond = (count: number) => Math.max(1, Math.round((count * 1_000) / (nowMs - fromMs)));
    return leftOut === 0 ? undefined : { count: perSecond(leftOut), of: perSecond(came + leftOut) };
  }

  /** How many were left out since an entry of the log, as far as is remembered. */
  leftOutSince(groups: ReadonlySet<KindGroup>, id: number): number {
    let sum = 0;
    for (const row of this.newestFirst()) {
      if (lastId(row) < id) break;
      sum += sumOf(row, leftOutAt, groups);
    }
    return sum;
  }

  private row(message: number): Float64Array {
    const at = (message % maxMessages) * width;
    return this.rows.subarray(at, at + width);
  }

  private *newestFirst(): Generator<Float64Array> {
    const oldest = Math.max(0, this.count - maxMessages);
    for (let message = this.count - 1; message >= oldest; message--) yield this.row(message);
  }
}

const atMs = (row: Float64Array) => row[0] ?? 0;
const lastId = (row: Float64Array) => row[1] ?? 0;

function sumOf(row: Float64Array, from: number, groups: ReadonlySet<KindGroup>): number {
  return kindGroups.reduce((sum, group, at) => (groups.has(group) ? sum + (row[from + at] ?? 0) : sum), 0);
}
