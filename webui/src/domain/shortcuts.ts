// SPDX-License-Identifier: Apache-2.0
//
// What the keyboard does, in the order in which the page's help lists it.

export interface Shortcut {
  /** As the key is named on the event; the help shows them as `keycaps`. */
  readonly keys: readonly string[];
  readonly name:
    | "filter"
    | "help"
    | "hints"
    | "alerts"
    | "suspects"
    | "pause"
    | "down"
    | "up"
    | "far"
    | "open"
    | "pin"
    | "only"
    | "unfold"
    | "fold"
    | "back";
}

export const shortcuts: readonly Shortcut[] = [
  { keys: ["/"], name: "filter" },
  { keys: ["j", "ArrowDown"], name: "down" },
  { keys: ["k", "ArrowUp"], name: "up" },
  { keys: ["PageDown", "PageUp", "Home", "End"], name: "far" },
  { keys: ["Enter"], name: "open" },
  { keys: [" "], name: "pin" },
  { keys: ["l"], name: "only" },
  { keys: ["ArrowRight"], name: "unfold" },
  { keys: ["ArrowLeft"], name: "fold" },
  { keys: ["Escape"], name: "back" },
  { keys: ["p"], name: "pause" },
  { keys: ["a"], name: "alerts" },
  { keys: ["g"], name: "suspects" },
  { keys: ["i"], name: "hints" },
  { keys: ["?"], name: "help" },
];

/** A single character: people who speak to their machine, or whose hand slips, may want it off. */
export function isCharacter(key: string): boolean {
  return key.length === 1 && key !== " ";
}
