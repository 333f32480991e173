// SPDX-License-Identifier: Apache-2.0
//
// What somebody wants to be told of, and when it has come true. Looked at once a second. A process
// that stays over a limit is told once; it has to fall well below it, and a minute to pass, before it
// is told again, or a figure that wavers around the limit would ring all night.

import type { ProcessRow } from "./process";

export const alertKinds = ["held", "growth", "noMemory"] as const;
export type AlertKind = (typeof alertKinds)[number];

export interface AlertRule {
  readonly id: string;
  readonly kind: AlertKind;
  /** The limit; for growth, of a minute. Without a meaning for noMemory. */
  readonly bytes: bigint;
  /** Names of processes, with * and ?; all where it is empty. */
  readonly pattern: string;
}

export interface Alarm {
  readonly id: number;
  readonly rule: AlertRule;
  readonly key: string;
  readonly pid: number;
  readonly name: string;
  readonly atMs: number;
  /** What it held, how much that grew, or the largest request that failed since the capture began: the most of it until now. */
  readonly bytes: bigint;
  /** How often mmap failed; 1 for the others. */
  readonly count: number;
  /** It was so before anybody looked: nothing has happened now. */
  readonly already: boolean;
  /** Records about the process may be missing: the figure may be late. */
  readonly uncertain: boolean;
}

export interface AlertFacts {
  /** Of held in the last minute, bytes; undefined where it is not known. */
  growth(key: string): number | undefined;
  /** Whether this is the first look at a process that had been there before. */
  isJustMet(key: string): boolean;
}

/** Below this part of the limit it is over. */
const releasePart = 0.9;
const leastGapMs = 60_000;
const patienceLooks = 10;
export const maxRules = 20;
const maxAlarms = 200;

interface State {
  alarm: Alarm | undefined;
  /** Over the limit, and told. */
  firing: boolean;
  /** By a clock that nobody sets: it was told of, or went on. */
  lastMs: number;
  /** Failures that are known. */
  count: bigint;
  look: number;
}

export class AlertWatch {
  private readonly states = new Map<string, Map<string, State>>();
  private readonly matchers = new Map<string, (name: string) => boolean>();
  private list: Alarm[] = [];
  private looks = 0;
  private nowMs = 0;
  private steadyMs = 0;
  private nextId = 1;

  /** Newest first. */
  get alarms(): readonly Alarm[] {
    return this.list;
  }

  /** The alarms that are new. */
  look(rules: readonly AlertRule[], rows: readonly ProcessRow[], facts: AlertFacts, nowMs: number, steadyMs = nowMs): Alarm[] {
    this.looks++;
    this.nowMs = nowMs;
    this.steadyMs = steadyMs;
    for (const id of this.states.keys()) if (!rules.some((rule) => rule.id === id)) this.states.delete(id);
    const fresh: Alarm[] = [];
    for (const rule of rules) {
      const known = this.states.get(rule.id);
      const states = known ?? new Map<string, State>();
      if (known === undefined) this.states.set(rule.id, states);
      const matches = this.matcher(rule.pattern);
      // What had failed before the rule was there, before this page met the process, or as another program, is not of now.
      const tells = ({ name, key }: ProcessRow) => known !== undefined && matches(name) && !facts.isJustMet(key);
      for (const row of rows) {
        const alarm =
          rule.kind === "noMemory"
            ? this.lookAtFailures(rule, row, states, tells)
            : matches(row.name)
              ? this.lookAtFigure(rule, row, states, facts, known === undefined)
              : undefined;
        if (alarm !== undefined) fresh.push(alarm);
      }
      // A long snapshot comes in pieces: whoever is missing for some looks is in the next one.
      for (const [key, state] of states) if (this.looks - state.look > patienceLooks) states.delete(key);
    }
    if (fresh.length > 0) this.list = [...fresh.reverse(), ...this.list].slice(0, maxAlarms);
    return fresh;
  }

  clear(): void {
    this.list = [];
  }

  private lookAtFigure(
    rule: AlertRule,
    row: ProcessRow,
    states: Map<string, State>,
    facts: AlertFacts,
    already: boolean,
  ): Alarm | undefined {
    const value = row.ended ? 0n : rule.kind === "held" ? row.held : BigInt(facts.growth(row.key) ?? 0);
    const state = states.get(row.key);
    if (state !== undefined) state.look = this.looks;
    if (state?.firing) {
      if (Number(value) < Number(rule.bytes) * releasePart) state.firing = false;
      else if (value > (state.alarm?.bytes ?? 0n)) this.change(state, { bytes: value });
      return undefined;
    }
    if (value <= rule.bytes || (state !== undefined && this.steadyMs - state.lastMs < leastGapMs)) return undefined;
    const alarm = this.make(rule, row, value, 1, already);
    states.set(row.key, { alarm, firing: true, lastMs: this.steadyMs, count: 0n, look: this.looks });
    return alarm;
  }

  /** `tells`: whether what has failed since the look before is of now, and of whom the rule is for. */
  private lookAtFailures(rule: AlertRule, row: ProcessRow, states: Map<string, State>, tells: (row: ProcessRow) => boolean): Alarm | undefined {
    const { noMemoryCount: seen, noMemoryLargest: largest } = row;
    const state = states.get(row.key);
    if (state !== undefined) {
      state.look = this.looks;
      // Less than before: the capture began anew.
      if (seen < state.count) state.count = 0n;
    }
    const fresh = seen - (state?.count ?? 0n);
    if (fresh === 0n) return undefined;
    if (!tells(row)) {
      states.set(row.key, { alarm: undefined, firing: false, lastMs: Number.NEGATIVE_INFINITY, count: seen, look: this.looks });
      return undefined;
    }
    if (state?.alarm !== undefined && this.steadyMs - state.lastMs < leastGapMs) {
      state.count = seen;
      state.lastMs = this.steadyMs;
      this.change(state, { count: state.alarm.count + Number(fresh), bytes: largest });
      return undefined;
    }
    const alarm = this.make(rule, row, largest, Number(fresh), false);
    states.set(row.key, { alarm, firing: false, lastMs: this.steadyMs, count: seen, look: this.looks });
    return alarm;
  }

  private make(rule: AlertRule, row: ProcessRow, bytes: bigint, count: number, already: boolean): Alarm {
    // A call that failed was seen to fail: no loss makes that doubtful.
    const uncertain = row.uncertain && rule.kind !== "noMemory";
    return { id: this.nextId++, rule, key: row.key, pid: row.pid, name: row.name, atMs: this.nowMs, bytes, count, already, uncertain };
  }

  private change(state: State, what: Partial<Alarm>): void {
    const { alarm } = state;
    if (alarm === undefined) return;
    const changed = { ...alarm, ...what };
    state.alarm = changed;
    this.list = this.list.map((other) => (other.id === alarm.id ? changed : other));
  }

  private matcher(pattern: string): (name: string) => boolean {
    let matches = this.matchers.get(pattern);
    if (matches === undefined) this.matchers.set(pattern, (matches = namesLike(pattern)));
    return matches;
  }
}

/** As the service's filters take names: whole ones, with * and ?; case does not matter. */
export function namesLike(pattern: string): (name: string) => boolean {
  const text = pattern.trim();
  if (text === "") return () => true;
  const source = text.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*+/g, ".*").replaceAll("?", ".");
  const expression = new RegExp(`^${source}$`, "is");
  return (name) => expression.test(name);
}

export function formatRules(rules: readonly AlertRule[]): string {
  return JSON.stringify(rules.map((rule) => ({ ...rule, bytes: String(rule.bytes) })));
}

/** What was remembered; what is no rule is left out. */
export function parseRules(text: string | undefined): AlertRule[] {
  let found: unknown;
  try {
    found = JSON.parse(text ?? "[]");
  } catch {
    return [];
  }
  return Array.isArray(found) ? found.flatMap(parseRule).slice(0, maxRules) : [];
}

function parseRule(found: unknown): AlertRule[] {
  if (typeof found !== "object" || found === null) return [];
  const { id, kind, bytes, pattern } = found as Record<string, unknown>;
  const known = alertKinds.find((candidate) => candidate === kind);
  if (typeof id !== "string" || known === undefined || typeof bytes !== "string" || typeof pattern !== "string") return [];
  return /^\d{1,19}$/.test(bytes) ? [{ id, kind: known, bytes: BigInt(bytes), pattern: pattern.slice(0, 64) }] : [];
}
