// SPDX-License-Identifier: Apache-2.0

import { Code, ConnectError, type UnaryRequest, type UnaryResponse } from "@connectrpc/connect";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { authorize, takeToken } from "@/api/token";

/** What a Storage does, without a browser. */
class FakeStorage {
  private readonly items = new Map<string, string>();
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
}

const wanted = "Bearer 0123456789abcdef";
let storage: Storage;
beforeEach(() => {
  storage = new FakeStorage() as unknown as Storage;
});

/** One call through the interceptor, to a service that wants the token. */
function caller(ask: () => string | null) {
  const seen: (string | null)[] = [];
  const next = vi.fn(async (request: { header: Headers }) => {
    seen.push(request.header.get("Authorization"));
    if (request.header.get("Authorization") !== wanted) throw new ConnectError("a token is needed", Code.Unauthenticated);
    return "answer" as unknown as UnaryResponse;
  });
  const call = authorize(storage, ask)(next as never);
  return { seen, call: () => call({ header: new Headers() } as unknown as UnaryRequest) };
}

describe("the token", () => {
  it("is taken out of the address, and sent", async () => {
    const history = { replaceState: vi.fn() };
    const location = { hash: "#token=0123456789abcdef", pathname: "/", search: "?a=1" };
    takeToken({ location, history, sessionStorage: storage } as unknown as Window);
    expect(history.replaceState).toHaveBeenCalledWith(null, "", "/?a=1");
    const ask = vi.fn(() => null);
    const { call, seen } = caller(ask);
    expect(await call()).toBe("answer");
    expect(seen).toEqual([wanted]);
    expect(ask).not.toHaveBeenCalled();
  });

  it("leaves other addresses alone", () => {
    const history = { replaceState: vi.fn() };
    takeToken({ location: { hash: "#/process/1" }, history, sessionStorage: storage } as unknown as Window);
    expect(history.replaceState).not.toHaveBeenCalled();
  });

  it("is asked for when it is wanted, and remembered", async () => {
    const ask = vi.fn(() => " 0123456789abcdef\n");
    const { call, seen } = caller(ask);
    expect(await call()).toBe("answer");
    expect(await call()).toBe("answer");
    expect(seen).toEqual([null, wanted, wanted]);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it("is asked for once, whatever the answer", async () => {
    const ask = vi.fn(() => "wrong");
    const { call } = caller(ask);
    await expect(call()).rejects.toThrow("a token is needed");
    await expect(call()).rejects.toThrow("a token is needed");
    expect(ask).toHaveBeenCalledTimes(1);
  });
});
