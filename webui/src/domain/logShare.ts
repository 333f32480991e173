// SPDX-License-Identifier: Apache-2.0
//
// How much of what happened a stream has brought to the log, and how much it left out, message by
// message. The latest minute or so.

import type { KindGroup } from "./kinds";
import { Ring } from "./ring";

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

function sumOf(counts: ReadonlyMap<KindGroup, number>, groups: ReadonlySet<KindGroup>): number {
  let sum = 0;
  for (const [group, count] of counts) if (groups.has(group)) sum += count;
  return sum;
}

export class LogShare {
  private readonly messages = new Ring<Brought>(maxMessages);
  private begunMs = Number.NEGATIVE_INFINITY;
  private readonly groups = new Set<KindGroup>();

  /** A stream begins. */
  begin(nowMs: number): void {
    this.begunMs = nowMs;
  }

  add(brought: Brought): void {
    this.messages.push(brought);
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
    for (const message of this.messages.newestFirst()) {
      if (message.atMs < fromMs) break;
      came += sumOf(message.came, groups);
      leftOut += sumOf(message.leftOut, groups);
    }
    const perSecond = (count: number) => Math.max(1, Math.round((count * 1_000) / (nowMs - fromMs)));
    return leftOut === 0 ? undefined : { count: perSecond(leftOut), of: perSecond(came + leftOut) };
  }

  /** How many were left out since an entry of the log, as far as is remembered. */
  leftOutSince(groups: ReadonlySet<KindGroup>, id: number): number {
    let sum = 0;
    for (const message of this.messages.newestFirst()) {
      if (message.lastId < id) break;
      sum += sumOf(message.leftOut, groups);
    }
    return sum;
  }
}
