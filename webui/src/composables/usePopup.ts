// SPDX-License-Identifier: Apache-2.0
//
// A button that opens a small panel beside it: Escape closes it and gives the focus back, and so does
// going elsewhere, but for the focus.

import { type Ref, nextTick, onScopeDispose, ref, watch } from "vue";

export interface Popup {
  readonly open: Ref<boolean>;
  /** Closes it and goes back to the button. */
  readonly close: () => void;
  /** Escape closes one that is open; else it is whose it is. */
  readonly onEscape: (event: KeyboardEvent) => void;
}

/** `root` holds the button, its first one, and the panel; `first` finds what gets the focus in it. */
export function usePopup(root: Readonly<Ref<HTMLElement | null>>, first: string): Popup {
  const open = ref(false);

  function closeOutside(event: Event): void {
    if (event.target instanceof Node && root.value?.contains(event.target)) return;
    open.value = false;
  }

  function listen(on: boolean): void {
    const change = on ? document.addEventListener : document.removeEventListener;
    for (const name of ["pointerdown", "focusin"]) change.call(document, name, closeOutside);
  }

  watch(open, async (now) => {
    listen(now);
    if (!now) return;
    await nextTick();
    root.value?.querySelector<HTMLElement>(first)?.focus();
  });
  onScopeDispose(() => listen(false));
  function close(): void {
    open.value = false;
    root.value?.querySelector<HTMLElement>("button")?.focus();
  }
  return {
    open,
    close,
    onEscape(event) {
      if (!open.value) return;
      event.preventDefault();
      event.stopPropagation();
      close();
    },
  };
}
