// SPDX-License-Identifier: Apache-2.0

import { type InjectionKey, inject, provide } from "vue";
import type { Api } from "@/api/client";

const apiKey: InjectionKey<Api> = Symbol("api");

export function provideApi(api: Api): void {
  provide(apiKey, api);
}

export function useApi(): Api {
  const api = inject(apiKey);
  if (api === undefined) throw new Error("useApi needs provideApi above it");
  return api;
}
