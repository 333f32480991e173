// SPDX-License-Identifier: Apache-2.0

import { type Ref, onScopeDispose, ref } from "vue";

export interface Copying {
  /** For a moment after it was copied. */
  readonly copied: Readonly<Ref<boolean>>;
  /** False where the browser does not let the page: the clipboard is only for secure origins. */
  readonly copy: (text: string) => Promise<boolean>;
}

export function useCopy(): Copying {
  const copied = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  onScopeDispose(() => clearTimeout(timer));
  return {
    copied,
    async copy(text) {
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        return false;
      }
      copied.value = true;
      clearTimeout(timer);
      timer = setTimeout(() => (copied.value = false), 2_000);
      return true;
    },
  };
}
