// SPDX-License-Identifier: Apache-2.0
//
// The token that memmond may ask for. It comes with the page's address (#token=...) or from whoever
// sits before it, stays for as long as the tab does, and goes along with every call.

import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";

const storageKey = "memmon.token";
const mark = "#token=";

/** Takes the token out of the address, where others could read it over somebody's shoulder. */
export function takeToken(window: Window): void {
  if (!window.location.hash.startsWith(mark)) return;
  window.sessionStorage.setItem(storageKey, decodeURIComponent(window.location.hash.slice(mark.length)));
  window.history.replaceState(null, "", window.location.pathname + window.location.search);
}

/** Sends the token; where it is wanted and missing or wrong, asks for it once. */
export function authorize(storage: Storage, ask: () => string | null): Interceptor {
  let asked = false;
  return (next) => async (request) => {
    const call = () => {
      const token = storage.getItem(storageKey);
      if (token !== null) request.header.set("Authorization", `Bearer ${token}`);
      return next(request);
    };
    try {
      return await call();
    } catch (error) {
      if (asked || !(error instanceof ConnectError) || error.code !== Code.Unauthenticated) throw error;
      asked = true;
      const token = ask()?.trim();
      if (!token) throw error;
      storage.setItem(storageKey, token);
      return call();
    }
  };
}
