// SPDX-License-Identifier: Apache-2.0

import { type ShallowRef, shallowRef, watch } from "vue";
import type { Phase } from "@/domain/connection";
import type { Monitor } from "./useMonitor";

export type Refused = Extract<Phase, { readonly name: "refused" }>;

/** How memmond refused the page last; stays while that tries again, and goes when it is answered or fails otherwise. */
export function useRefused({ phase }: Monitor): Readonly<ShallowRef<Refused | undefined>> {
  const refused = shallowRef<Refused>();
  watch(phase, (now) => {
    if (now.name === "refused") refused.value = now;
    else if (now.name !== "connecting") refused.value = undefined;
  });
  return refused;
}
