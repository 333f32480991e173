// SPDX-License-Identifier: Apache-2.0

import type { UnaryRequest, UnaryResponse } from "@connectrpc/connect";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { authorize, keepToken, takeToken } from "@/api/token";

/** What a Storage does, without a browser. */
class FakeStorage {
  private readonly items = new Map<string, string>();
  getItem = (key: string) => this.items.get(key) ?? null;
  setItem = (key: string, value: string) => void this.items.set(key, value);
}

let storage: Storage;
beforeEach(() => {
  storage = new FakeStorage() as unknown as Storage;
});

/** What a call brings along. */
async function sent(): Promise<string | null> {
  const next = vi.fn(async (request: { header: Headers }) => request.header.get("Authorization") as unknown as UnaryResponse);
  return (await authorize(storage)(next as never)({ header: new Headers() } as unknown as UnaryRequest)) as unknown as string | null;
}

describe("the token", () => {
  it("is taken out of the address, and sent", async () => {
    const history = { replaceState: vi.fn() };
    const location = { hash: "#token=0123456789abcdef", pathname: "/", search: "?a=1" };
    takeToken({ location, history, sessionStorage: storage } as unknown as Window);
    expect(history.replaceState).toHaveBeenCalledWith(null, "", "/?a=1");
    expect(await sent()).toBe("Bearer 0123456789abcdef");
  });

  it("leaves other addresses alone", async () => {
    const history = { replaceState: vi.fn() };
    takeToken({ location: { hash: "#/process/1" }, history, sessionStorage: storage } as unknown as Window);
    expect(history.replaceState).not.toHaveBeenCalled();
    expect(await sent()).toBeNull();
  });

  it("is sent once it is given, and another one in its place", async () => {
    keepToken(storage, "wrong");
    expect(await sent()).toBe("Bearer wrong");
    keepToken(storage, " 0123456789abcdef\n");
    expect(await sent()).toBe("Bearer 0123456789abcdef");
  });
});
