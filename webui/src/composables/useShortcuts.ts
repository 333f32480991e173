// SPDX-License-Identifier: Apache-2.0
//
// Keys that work wherever on the page the focus is. Whoever is typing into a field types, a dialog
// has its own keys, and single letters can be switched off.

import { type InjectionKey, type Ref, inject, onScopeDispose, provide, ref } from "vue";
import { isCharacter } from "@/domain/shortcuts";
import { recall, remember } from "./storage";

export type Bindings = Readonly<Record<string, (event: KeyboardEvent) => void>>;

export interface Shortcuts {
  readonly letters: Readonly<Ref<boolean>>;
  readonly setLetters: (on: boolean) => void;
  readonly add: (bindings: Bindings) => () => void;
}

const shortcutsKey: InjectionKey<Shortcuts> = Symbol("shortcuts");

/** Whether a key is text there. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button"].includes(target.type);
  return target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

export function provideShortcuts(): Shortcuts {
  const letters = ref(recall("letters", ["off"]) === undefined);
  const all: Bindings[] = [];
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]") !== null) return;
    if (isCharacter(event.key) && !letters.value) return;
    // The latest to come is the nearest to what is shown.
    const action = all.findLast((bindings) => event.key in bindings)?.[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action(event);
  };
  document.addEventListener("keydown", onKey);
  onScopeDispose(() => document.removeEventListener("keydown", onKey));
  const shortcuts: Shortcuts = {
    letters,
    setLetters(on) {
      letters.value = on;
      remember("letters", on ? undefined : "off");
    },
    add(bindings) {
      all.push(bindings);
      return () => all.splice(all.indexOf(bindings), 1);
    },
  };
  provide(shortcutsKey, shortcuts);
  return shortcuts;
}

/** Bindings by the name of the key, for as long as the component is there. */
export function useShortcuts(bindings: Bindings = {}): Shortcuts {
  const shortcuts = inject(shortcutsKey);
  if (shortcuts === undefined) throw new Error("useShortcuts needs provideShortcuts above it");
  onScopeDispose(shortcuts.add(bindings));
  return shortcuts;
}
