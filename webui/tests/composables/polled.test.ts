// SPDX-License-Identifier: Apache-2.0
//
// What is asked of memmond again and again while somebody looks.

import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type EffectScope, effectScope, nextTick, ref } from "vue";
import { type Polled, usePolled } from "@/composables/usePolled";

const page = { hidden: false, listeners: new Set<() => void>() };
beforeEach(() => {
  vi.useFakeTimers();
  page.hidden = false;
  vi.stubGlobal("document", {
    get hidden() {
      return page.hidden;
    },
    addEventListener: (_: string, listener: () => void) => page.listeners.add(listener),
    removeEventListener: (_: string, listener: () => void) => page.listeners.delete(listener),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const settle = () => vi.advanceTimersByTimeAsync(0);

/** Asks once a second; `answers` are told in turn, errors thrown, and the last one again and again. */
function poll(answers: readonly (string | Code | Error)[]) {
  const key = ref<string | undefined>("7:70");
  const wanted = ref(true);
  const asked: string[] = [];
  const scope: EffectScope = effectScope();
  const polled = scope.run(() =>
    usePolled({
      key,
      wanted,
      everyMs: 1_000,
      ask: ({ pid, startNs }) => {
        const answer = answers[Math.min(asked.length, answers.length - 1)] ?? "";
        asked.push(`${pid}:${startNs}`);
        if (typeof answer === "string") return Promise.resolve(answer);
        return Promise.reject(answer instanceof Error ? answer : new ConnectError("its words", answer));
      },
    }),
  ) as Polled<string>;
  return { key, wanted, asked, scope, polled };
}

describe("what is asked again and again", () => {
  it("is asked at once, and a second after each answer, until nobody looks", async () => {
    const { asked, polled, scope } = poll(["a", "b"]);
    await settle();
    expect([asked, polled.answer.value]).toEqual([["7:70"], "a"]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([asked.length, polled.answer.value]).toEqual([3, "b"]);
    scope.stop();
    await vi.advanceTimersByTimeAsync(5_000);
    expect([asked.length, page.listeners.size]).toEqual([3, 0]);
  });

  it("is not asked while it is not wanted or the page is hidden, and at once when it is again; what was told stays", async () => {
    const { asked, wanted, polled, scope } = poll(["a"]);
    await settle();
    wanted.value = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect([asked.length, polled.answer.value]).toEqual([1, "a"]);
    wanted.value = true;
    await settle();
    expect(asked.length).toBe(2);
    page.hidden = true;
    page.listeners.forEach((listen) => listen());
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked.length).toBe(2);
    page.hidden = false;
    page.listeners.forEach((listen) => listen());
    await settle();
    expect(asked.length).toBe(3);
    scope.stop();
  });

  it("stays when the process is forgotten or memmond fails, and says why there is nothing newer", async () => {
    const { asked, polled, scope } = poll(["a", Code.Unavailable, Code.NotFound, "b"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([polled.answer.value, polled.problem.value]).toEqual(["a", { kind: "other", words: "its words" }]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([polled.answer.value, polled.problem.value?.kind]).toEqual(["a", "gone"]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([polled.answer.value, polled.problem.value, asked.length]).toEqual(["b", undefined, 4]);
    scope.stop();
  });

  it("has no words of memmond's where that does not answer", async () => {
    const { polled, scope } = poll([ConnectError.from(new TypeError("Failed to fetch")), "a"]);
    await settle();
    expect(polled.problem.value).toEqual({ kind: "unreachable", words: "" });
    await vi.advanceTimersByTimeAsync(1_000);
    expect([polled.answer.value, polled.problem.value]).toEqual(["a", undefined]);
    scope.stop();
  });

  it.each([
    [Code.Unimplemented, "old"],
    [Code.FailedPrecondition, "recording"],
    [Code.PermissionDenied, "denied"],
  ])("is not asked again where the answer will be no other: %s", async (code, kind) => {
    const { asked, polled, wanted, scope } = poll([code]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect([asked.length, polled.problem.value?.kind]).toEqual([1, kind]);
    // Another memmond may have come in its place.
    wanted.value = false;
    await nextTick();
    wanted.value = true;
    await settle();
    expect(asked.length).toBe(2);
    scope.stop();
  });

  it("is of the process that is asked for, never of the one before", async () => {
    const { asked, key, polled, scope } = poll(["a", Code.Unavailable, "c"]);
    await settle();
    key.value = "8:80";
    await nextTick();
    expect(polled.answer.value).toBeUndefined();
    await settle();
    expect([asked.at(-1), polled.answer.value]).toEqual(["8:80", undefined]);
    key.value = undefined;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(asked).toHaveLength(2);
    scope.stop();
  });
});
