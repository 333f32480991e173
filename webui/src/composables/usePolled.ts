// SPDX-License-Identifier: Apache-2.0
//
// What memmond tells of one process when it is asked, again and again for as long as somebody looks.

import { Code, ConnectError } from "@connectrpc/connect";
import { type Ref, type ShallowRef, onScopeDispose, shallowRef, watch } from "vue";
import type { ProcessKey } from "@/gen/memmon/v1/process_pb";
import type { CallOptions } from "@/api/client";
import { isUnanswered } from "@/domain/failure";

const timeoutMs = 10_000;

export interface PollProblem {
  /**
   * A memmond that does not know the call; one that plays a recording, or does not tell this page; a process
   * that has gone; a memmond that does not answer.
   */
  readonly kind: "old" | "recording" | "denied" | "gone" | "unreachable" | "other";
  /** memmond's own; none where it does not answer. */
  readonly words: string;
}

const problems = new Map<Code, PollProblem["kind"]>([
  [Code.Unimplemented, "old"],
  [Code.FailedPrecondition, "recording"],
  [Code.PermissionDenied, "denied"],
  [Code.NotFound, "gone"],
]);

function pollProblem(error: unknown): PollProblem {
  if (isUnanswered(error)) return { kind: "unreachable", words: "" };
  const { code, rawMessage } = ConnectError.from(error);
  return { kind: problems.get(code) ?? "other", words: rawMessage };
}

export interface Polled<Answer> {
  /** The latest of this process; it stays when that has gone, or memmond. */
  readonly answer: Readonly<ShallowRef<Answer | undefined>>;
  /** When that was, ms. */
  readonly atMs: Readonly<Ref<number>>;
  /** Why there is no newer one. */
  readonly problem: Readonly<ShallowRef<PollProblem | undefined>>;
}

export interface PollOptions<Answer> {
  /** undefined: of nobody. */
  readonly key: Readonly<Ref<string | undefined>>;
  /** There is somebody to ask, and something to be told. Asked at once when it becomes true. */
  readonly wanted: Readonly<Ref<boolean>>;
  /** From an answer to the next question. */
  readonly everyMs: number;
  readonly ask: (process: Pick<ProcessKey, "pid" | "startNs">, options: CallOptions) => Promise<Answer>;
}

/** A page that is hidden asks for nothing. */
export function usePolled<Answer>({ key, wanted, everyMs, ask }: PollOptions<Answer>): Polled<Answer> {
  const answer = shallowRef<Answer>();
  const atMs = shallowRef(0);
  const problem = shallowRef<PollProblem>();
  let asking: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function stop(): void {
    asking?.abort();
    clearTimeout(timer);
  }

  async function look(): Promise<void> {
    stop();
    if (key.value === undefined || !wanted.value || document.hidden) return;
    const mine = (asking = new AbortController());
    const [pid = "0", startNs = "0"] = key.value.split(":");
    try {
      const told = await ask({ pid: Number(pid), startNs: BigInt(startNs) }, { signal: mine.signal, timeoutMs });
      if (mine.signal.aborted) return;
      answer.value = told;
      atMs.value = Date.now();
      problem.value = undefined;
    } catch (error) {
      if (mine.signal.aborted) return;
      problem.value = pollProblem(error);
      // These do not pass.
      if (["old", "recording", "denied"].includes(problem.value.kind)) return;
    }
    timer = setTimeout(() => void look(), everyMs);
  }

  const onVisibility = () => void look();
  document.addEventListener("visibilitychange", onVisibility);
  watch(
    [key, wanted],
    ([now], [before]) => {
      if (now !== before) answer.value = problem.value = undefined;
      void look();
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    document.removeEventListener("visibilitychange", onVisibility);
    stop();
  });
  return { answer, atMs, problem };
}
