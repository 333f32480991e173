// SPDX-License-Identifier: Apache-2.0
//
// What most visits never see comes by itself once it is shown, and what it says with it.

import { type AsyncComponentLoader, type Component, defineAsyncComponent } from "vue";
import type { I18n } from "./useI18n";

/** So often it is tried again where it does not come, each time a second later: memmond may be restarting. */
const tries = 3;

export function detailedComponent<T extends Component>({ loadDetails }: Pick<I18n, "loadDetails">, load: AsyncComponentLoader<T>): T {
  return defineAsyncComponent({
    async loader() {
      await loadDetails();
      return load();
    },
    onError(_, retry, fail, attempts) {
      if (attempts > tries) fail();
      else setTimeout(retry, attempts * 1_000);
    },
  });
}
