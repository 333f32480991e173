// SPDX-License-Identifier: Apache-2.0
//
// What most visits never see comes by itself once it is shown, and what it says with it.

import { type AsyncComponentLoader, type Component, defineAsyncComponent } from "vue";
import type { I18n } from "./useI18n";

export function detailedComponent<T extends Component>({ loadDetails }: Pick<I18n, "loadDetails">, load: AsyncComponentLoader<T>): T {
  return defineAsyncComponent(async () => {
    await loadDetails();
    return load();
  });
}
