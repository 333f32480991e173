// SPDX-License-Identifier: Apache-2.0
//
// Which regular expressions a page may try on thousands of texts, out of somebody's link, too: a browser
// cannot interrupt one, and some take longer than anybody waits for, `(a+)+$` of thirty letters already.

/** An escape, a class, the beginning of a group, a quantifier, or one letter. */
const tokens = /\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<\w+>))?|[*+?]\??|\{\d+(?:,\d*)?\}\??|./gsu;

/** In one alternative: each repetition takes as long again for every letter, each choice twice as long. */
const most = { repeats: 3, options: 8, forks: 4 };

interface Group {
  /** There is more than one way to match what is in it. */
  branches: boolean;
  /** It has alternatives. */
  forks: boolean;
}

/** Whether an expression may have more ways to match a short text than can be tried; wrong ones are for the browser. */
export function isCostly(source: string): boolean {
  const open: Group[] = [{ branches: false, forks: false }];
  let [repeats, options, forks] = [0, 0, 0];
  /** What a quantifier would be of has more than one way itself. */
  let branching = false;
  for (const [token] of source.matchAll(tokens)) {
    const inner = open.at(-1);
    if (inner === undefined) return false;
    if (token.startsWith("(")) {
      open.push({ branches: false, forks: false });
    } else if (token === ")") {
      open.pop();
      const outer = open.at(-1);
      if (outer !== undefined) outer.branches ||= inner.branches;
      if (inner.forks) forks++;
      branching = inner.branches;
    } else if (token === "|") {
      inner.branches = inner.forks = true;
      if (open.length === 1) [repeats, options, forks] = [0, 0, 0];
      branching = false;
    } else if (token.startsWith("?")) {
      options++;
      inner.branches = true;
    } else if (/^[*+{]./.test(token) || token === "*" || token === "+") {
      const times = /^\{(\d+)\}/.exec(token)?.[1];
      if (branching && times !== "0" && times !== "1") return true;
      if (times === undefined) {
        repeats++;
        inner.branches = true;
      }
    } else {
      branching = false;
    }
    if (repeats > most.repeats || options > most.options || forks > most.forks) return true;
  }
  return false;
}

/** Of the time that passes, what trying may take; and at once, ms. */
const part = 0.1;
const atOnceMs = 1_000;

/** Says when trying has taken more of the page's time than it may. */
export class TrialTime {
  private spentMs = 0;
  private lastMs: number | undefined;
  isOver = false;

  constructor(private readonly nowMs: () => number) {}

  /** Counts how long it takes. */
  of<T>(trial: () => T): T {
    const fromMs = this.nowMs();
    const found = trial();
    const toMs = this.nowMs();
    this.spentMs = Math.max(0, this.spentMs - part * (fromMs - (this.lastMs ?? fromMs))) + (toMs - fromMs);
    this.lastMs = toMs;
    this.isOver ||= this.spentMs > atOnceMs;
    return found;
  }
}
