// SPDX-License-Identifier: Apache-2.0
//
// What a living process's address space is made of, looked at now and then while somebody looks.

import type { Ref } from "vue";
import { type AddressSpace, toAddressSpace } from "@/domain/addressSpace";
import { useApi } from "./useApi";
import { type Polled, usePolled } from "./usePolled";

/** Looking costs the process what reading its /proc/PID/maps does: not to be done all the time. */
const everyMs = 5_000;

/** `living`: nobody else has an address space. */
export function useAddressSpace(key: Readonly<Ref<string>>, living: Readonly<Ref<boolean>>): Polled<AddressSpace> {
  const api = useApi();
  return usePolled({
    key,
    wanted: living,
    everyMs,
    ask: async (process, options) => toAddressSpace(await api.getAddressSpace({ process }, options)),
  });
}
