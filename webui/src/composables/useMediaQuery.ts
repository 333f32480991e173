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
