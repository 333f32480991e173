// SPDX-License-Identifier: Apache-2.0
//
// What a figure means, and what is cut off, is in titles, which only a mouse has shown by the browser. Here
// who has none is shown them: by a tap on what does nothing else, by a long press on what does, by the focus
// that the keyboard moves, and by the key i, which goes to one after the other of those that never have it.
// Loaded after the page. A hint is shown with the focus, and goes with it.

import type { Ref } from "vue";
import "@/styles/bubble.css";
import "@/styles/hint.css";
import { isTyping } from "./useShortcuts";

const titled = "[title]:not([title=''])";
/** A tap is for something else there. */
const pressable = "a[href], button, input, select, textarea, label, summary, canvas, [role$=grid] [role=row]";
/** There are too many of them to go through: what they are, their table's head says, or their label where that has no room. */
const cells = "td:not([data-label]), [role=cell]:not([data-label]), [aria-hidden=true]";
const longPressMs = 500;
/** A finger that moves so far scrolls, px. */
const stillPx = 10;
/** Between a hint, what it is of, and the edge of the page, px. */
const gapPx = 6;
const steps: Readonly<Record<string, 1 | -1>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const modifiers: readonly string[] = ["Shift", "Control", "Alt", "Meta", "Tab"];

const bubble = document.createElement("div");
bubble.id = "hint";
bubble.className = "bubble hint-bubble";
bubble.role = "tooltip";
bubble.dataset["testid"] = "hint";

/** What is explained. */
let anchor: HTMLElement | undefined;
/** What the keyboard was at before i; undefined while nobody goes through them. */
let origin: HTMLElement | undefined;
/** Whether a key came last: a mouse that presses a button asks for no hint. */
let byKey = false;

/** What it says, and what is within it, such as the exact figure. */
function textOf(element: Element): string {
  const titles = [element, ...element.querySelectorAll(titled)].map((one) => one.getAttribute("title"));
  return [...new Set(titles)].filter(Boolean).join("\n");
}

/** The outermost thing with a title around what was tapped. */
function hintedAround(target: EventTarget | null): HTMLElement | undefined {
  let found: HTMLElement | undefined;
  for (let at = target instanceof Element ? target.closest<HTMLElement>(titled) : null; at; at = at.parentElement?.closest<HTMLElement>(titled) ?? null) found = at;
  return found;
}

function place(): void {
  if (anchor === undefined) return;
  const { left, top, bottom } = anchor.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = bubble;
  const below = bottom + gapPx;
  const above = Math.max(gapPx, top - gapPx - offsetHeight);
  bubble.style.left = `${Math.max(gapPx, Math.min(left, document.documentElement.clientWidth - offsetWidth - gapPx))}px`;
  bubble.style.top = `${below + offsetHeight + gapPx <= window.innerHeight ? below : above}px`;
}

/** What is told may change, and what it is of may go. */
const watching = new MutationObserver(() => {
  const text = anchor?.isConnected ? textOf(anchor) : "";
  if (text === "") hide();
  else if (text !== bubble.textContent) write(text);
});

function write(text: string): void {
  bubble.textContent = text;
  place();
}

function show(element: HTMLElement): void {
  hide();
  anchor = element;
  // What lies over the page is above what does not.
  const around = element.closest("dialog, header, main") ?? document.body;
  around.append(bubble);
  write(textOf(element));
  watching.observe(around, { subtree: true, childList: true, attributeFilter: ["title"] });
}

function hide(): void {
  if (anchor === undefined) return;
  watching.disconnect();
  bubble.remove();
  anchor = undefined;
}

/** What has no focus of its own has it for as long as it is explained. */
function ask(element: HTMLElement, preventScroll: boolean): void {
  if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) {
    element.tabIndex = -1;
    element.setAttribute("aria-describedby", bubble.id);
    element.addEventListener(
      "blur",
      () => ["tabindex", "aria-describedby"].forEach((name) => element.removeAttribute(name)),
      { once: true },
    );
  }
  element.focus({ preventScroll });
  // It may have had it before.
  if (document.activeElement === element) show(element);
}

function isSeen(element: Element | null): boolean {
  const { width = 0, height = 0 } = element?.getBoundingClientRect() ?? {};
  return width > 1 && height > 1;
}

/** Goes to the next thing that is explained and is nothing to press, or to the one before. */
export function nextHint(step: 1 | -1 = 1): void {
  const root = document.querySelector("dialog[open]") ?? document;
  const seen = [...root.querySelectorAll<HTMLElement>(titled)].filter(
    (element) => element.closest(`${pressable}, ${cells}`) === null && hintedAround(element) === element && isSeen(element) && isSeen(element.parentElement),
  );
  // Each line of a table would say the same.
  const all = seen.filter(({ title }, at) => seen.findIndex((one) => one.title === title) === at);
  const from = document.activeElement ?? document.body;
  const isOn = (element: Element) =>
    (from.compareDocumentPosition(element) & (step > 0 ? Node.DOCUMENT_POSITION_FOLLOWING : Node.DOCUMENT_POSITION_PRECEDING)) !== 0;
  // After the last comes the first.
  const next = step > 0 ? (all.find(isOn) ?? all[0]) : (all.findLast(isOn) ?? all.at(-1));
  if (next === undefined) return;
  const before = origin ?? (from instanceof HTMLElement ? from : document.body);
  ask(next, false);
  origin = before;
}

/** Back to where the keyboard was, which is not explained anew. */
function leave(): void {
  const [before, explained] = [origin, anchor];
  byKey = false;
  hide();
  if (before === undefined) return;
  // There may be nothing to go back to.
  explained?.blur();
  before.focus();
}

function onKey(event: KeyboardEvent, letters: boolean): void {
  byKey = true;
  const { key } = event;
  const take = (act: () => void) => {
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  // A field's own Escape is not to be pressed twice: there any key takes the hint away.
  if (key === "Escape" && anchor !== undefined && !isTyping(event.target)) return take(leave);
  if (modifiers.includes(key) || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const step = steps[key];
  if (origin !== undefined && anchor !== undefined && step !== undefined) return take(() => nextHint(step));
  if (letters && key.toLowerCase() === "i" && !isTyping(event.target)) return take(() => nextHint(event.shiftKey ? -1 : 1));
  hide();
}

function onFocus({ target }: FocusEvent): void {
  if (byKey && target instanceof HTMLElement && target.matches(titled)) show(target);
}

function onBlur(): void {
  hide();
  origin = undefined;
}

/** A finger on the page: a tap, or a long press, after which no click is meant. */
class Finger {
  private held: ReturnType<typeof setTimeout> | undefined;
  private from = { x: 0, y: 0 };
  private touches = false;
  private explained = false;

  down(event: PointerEvent): void {
    byKey = false;
    this.touches = event.pointerType !== "mouse";
    this.explained = false;
    this.from = { x: event.clientX, y: event.clientY };
    this.up();
    const found = hintedAround(event.target);
    if (!this.touches || found === undefined) return;
    this.held = setTimeout(() => {
      this.explained = true;
      ask(found, true);
    }, longPressMs);
  }

  move({ clientX, clientY }: PointerEvent): void {
    if (Math.hypot(clientX - this.from.x, clientY - this.from.y) > stillPx) this.up();
  }

  up(): void {
    clearTimeout(this.held);
  }

  /** Also the menu that a browser has for a long press. */
  click(event: MouseEvent): void {
    if (this.explained) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (!this.touches || event.type !== "click" || !event.isTrusted) return;
    const found = event.target instanceof Element && event.target.closest(pressable) === null ? hintedAround(event.target) : undefined;
    if (found === undefined || found === anchor) hide();
    else ask(found, true);
  }
}

/** For as long as the page is open. `letters`: whether single letters are keys. */
export function showHints(letters: Readonly<Ref<boolean>>): void {
  const finger = new Finger();
  // Before all others: what is explained takes its keys and its long press.
  const listen = <Name extends keyof DocumentEventMap>(name: Name, act: (event: DocumentEventMap[Name]) => void) =>
    document.addEventListener(name, act, { capture: true });
  listen("keydown", (event) => onKey(event, letters.value));
  listen("focusin", onFocus);
  listen("focusout", onBlur);
  listen("pointerdown", (event) => finger.down(event));
  listen("pointermove", (event) => finger.move(event));
  listen("pointerup", () => finger.up());
  listen("pointercancel", () => finger.up());
  listen("click", (event) => finger.click(event));
  listen("contextmenu", (event) => finger.click(event));
  listen("scroll", place);
  window.addEventListener("resize", place);
}
