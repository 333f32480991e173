// SPDX-License-Identifier: Apache-2.0

import { type Ref, onScopeDispose, ref } from "vue";

export function useMediaQuery(text: string): Readonly<Ref<boolean>> {
  const query = window.matchMedia(text);
  const matches = ref(query.matches);
  const follow = (event: MediaQueryListEvent) => (matches.value = event.matches);
  query.addEventListener("change", follow);
  onScopeDispose(() => query.removeEventListener("change", follow));
  return matches;
}

export const narrowScreen = "(max-width: 760px)";
/** Where the log's eight columns have no room beside each other. */
export const stackedLog = "(max-width: 1000px)";
/** Where four of them leave a name no room on a line. */
export const slimLog = "(width <= 400px)";

/** Whether the page is being put on paper. The browser says so before it lays the sheets out. */
export function usePrinting(): Readonly<Ref<boolean>> {
  const printing = ref(window.matchMedia("print").matches);
  const begin = () => (printing.value = true);
  const end = () => (printing.value = false);
  window.addEventListener("beforeprint", begin);
  window.addEventListener("afterprint", end);
  onScopeDispose(() => {
    window.removeEventListener("beforeprint", begin);
    window.removeEventListener("afterprint", end);
  });
  return printing;
}
