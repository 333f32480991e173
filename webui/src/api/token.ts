// SPDX-License-Identifier: Apache-2.0
//
// The token that memmond may ask for. It comes with the page's address (#token=...) or from whoever
// sits before it, stays for as long as the tab does, and goes along with every call.

import type { Interceptor } from "@connectrpc/connect";

const storageKey = "memmon.token";
const mark = "#token=";

/** Takes the token out of the address, where others could read it over somebody's shoulder. */
export function takeToken(window: Window): void {
  if (!window.location.hash.startsWith(mark)) return;
  keepToken(window.sessionStorage, decodeURIComponent(window.location.hash.slice(mark.length)));
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
}

/** From the next call on this one is sent. */
export function keepToken(storage: Storage, token: string): void {
  storage.setItem(storageKey, token.trim());
}

/** Sends the token, where there is one. */
export function authorize(storage: Storage): Interceptor {
  return (next) => (request) => {
    const token = storage.getItem(storageKey);
    if (token !== null) request.header.set("Authorization", `Bearer ${token}`);
    return next(request);
  };
}
