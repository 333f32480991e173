// SPDX-License-Identifier: Apache-2.0

import { Code, ConnectError } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { describe, expect, it } from "vitest";
import { createApi } from "@/api/client";
import { isUnanswered } from "@/domain/failure";

/** What a question fails with where the browser's fetch does this. */
async function failureOf(fetch: typeof globalThis.fetch): Promise<unknown> {
  const api = createApi(createGrpcWebTransport({ baseUrl: "http://localhost", useBinaryFormat: true, fetch }));
  return api.getStatus({}).then(
    () => undefined,
    (error: unknown) => error,
  );
}
const answer = (status: number, headers: Record<string, string> = {}) => failureOf(async () => new Response("", { status, headers }));

describe("a failure", () => {
  it("is memmond's where it gave a status", async () => {
    const error = await answer(200, { "grpc-status": "14", "grpc-message": "shutting%20down" });
    expect(error).toMatchObject({ code: Code.Unavailable, rawMessage: "shutting down" });
    expect(isUnanswered(error)).toBe(false);
    expect(isUnanswered(await answer(403))).toBe(false);
    expect(isUnanswered(new ConnectError("so it is", Code.Unknown))).toBe(false);
  });

  it("is this page's where its own patience came to an end, and memmond's where its was", async () => {
    const api = createApi(
      createGrpcWebTransport({
        baseUrl: "http://localhost",
        useBinaryFormat: true,
        fetch: (_, init) => new Promise((__, reject) => init?.signal?.addEventListener("abort", () => reject(init.signal?.reason as Error))),
      }),
    );
    const error: unknown = await api.getStatus({}, { timeoutMs: 10 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: Code.DeadlineExceeded });
    expect(isUnanswered(error)).toBe(true);
    expect(isUnanswered(await answer(200, { "grpc-status": "4", "grpc-message": "the database did not answer in time" }))).toBe(false);
  });

  it("is not where nobody answered", async () => {
    expect(isUnanswered(await failureOf(() => Promise.reject(new TypeError("Failed to fetch"))))).toBe(true);
    // A proxy that does not reach it, and an answer that was cut off.
    expect(isUnanswered(await answer(502))).toBe(true);
    expect(isUnanswered(await answer(200))).toBe(true);
    expect(isUnanswered(new RangeError("invalid varint"))).toBe(true);
  });
});
