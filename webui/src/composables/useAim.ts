// SPDX-License-Identifier: Apache-2.0
//
// Whether a pointer is about to press something in an element.

import { type Ref, ref, watch } from "vue";
import { createAim } from "@/domain/aim";

export function useAim(place: Readonly<Ref<HTMLElement | null>>): Readonly<Ref<boolean>> {
  const aim = createAim();
  const aiming = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;

  function rest(): void {
    timer = undefined;
    const leftMs = aim.untilMs() - performance.now();
    if (leftMs > 0) timer = setTimeout(rest, leftMs);
    aiming.value = leftMs > 0;
  }

  function told({ type, buttons }: PointerEvent): void {
    const isNew = aim.at(performance.now(), type === "pointerdown" || (type === "pointermove" && buttons !== 0));
    // Moves are many: one timer looks at the last of them when it is over.
    if (aiming.value && !isNew && type === "pointermove") return;
    clearTimeout(timer);
    rest();
  }

  function letGo(event: PointerEvent): void {
    if (aiming.value) told(event);
  }

  watch(place, (element, _, onCleanup) => {
    if (element === null) return;
    const heard = new AbortController();
    const { signal } = heard;
    for (const name of ["pointerdown", "pointermove"] as const) element.addEventListener(name, told, { passive: true, signal });
    // Wherever that is.
    for (const name of ["pointerup", "pointercancel"] as const) window.addEventListener(name, letGo, { passive: true, signal });
    onCleanup(() => {
      heard.abort();
      clearTimeout(timer);
    });
  });
  return aiming;
}
