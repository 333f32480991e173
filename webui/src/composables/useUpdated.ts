// SPDX-License-Identifier: Apache-2.0
//
// Whether memmond has a newer page than this one. What is loaded later has other names then, and this
// page goes blank piece by piece: it is to be told.

import { type Ref, onScopeDispose, ref } from "vue";

/** Told by Vite where something cannot be loaded, which may as well be that memmond does not answer now. */
const failure = "vite:preloadError";

/** `own`: where this page's script is. */
export function useUpdated(own = new URL(import.meta.url).pathname): Readonly<Ref<boolean>> {
  const updated = ref(false);
  async function look(): Promise<void> {
    try {
      const page = await fetch(window.location.pathname, { cache: "no-store" });
      if (page.ok && !(await page.text()).includes(own)) updated.value = true;
    } catch {
      // The connection is told of elsewhere.
    }
  }
  const listen = () => void look();
  window.addEventListener(failure, listen);
  onScopeDispose(() => window.removeEventListener(failure, listen));
  return updated;
}
