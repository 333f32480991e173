// SPDX-License-Identifier: Apache-2.0
//
// What a living process's address space is made of, looked at now and then while somebody looks.

import { Code, ConnectError } from "@connectrpc/connect";
import { type Ref, type ShallowRef, onScopeDispose, shallowRef, watch } from "vue";
import { type AddressSpace, toAddressSpace } from "@/domain/addressSpace";
import { useApi } from "./useApi";

/** Looking costs the process what reading its /proc/PID/maps does: not to be done all the time. */
const againMs = 5_000;
const timeoutMs = 10_000;

export interface SpaceProblem {
  /** A memmond that does not know the call; one that plays a recording, or does not tell this page; a process that has gone. */
  readonly kind: "old" | "recording" | "denied" | "gone" | "other";
  readonly words: string;
}

const problems = new Map<Code, SpaceProblem["kind"]>([
  [Code.Unimplemented, "old"],
  [Code.FailedPrecondition, "recording"],
  [Code.PermissionDenied, "denied"],
  [Code.NotFound, "gone"],
]);

export interface AddressSpaceAnswer {
  /** The latest; it stays when the process has gone. */
  readonly space: Readonly<ShallowRef<AddressSpace | undefined>>;
  /** When that was, ms. */
  readonly atMs: Readonly<Ref<number>>;
  readonly problem: Readonly<ShallowRef<SpaceProblem | undefined>>;
}

/** `living`: nobody else has an address space. */
export function useAddressSpace(key: Readonly<Ref<string>>, living: Readonly<Ref<boolean>>): AddressSpaceAnswer {
  const api = useApi();
  const space = shallowRef<AddressSpace>();
  const atMs = shallowRef(0);
  const problem = shallowRef<SpaceProblem>();
  let asking: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function stop(): void {
    asking?.abort();
    clearTimeout(timer);
  }

  async function look(): Promise<void> {
    stop();
    if (!living.value || document.hidden) return;
    const mine = (asking = new AbortController());
    const [pid = "0", startNs = "0"] = key.value.split(":");
    try {
      const process = { pid: Number(pid), startNs: BigInt(startNs) };
      space.value = toAddressSpace(await api.getAddressSpace({ process }, { signal: mine.signal, timeoutMs }));
      atMs.value = Date.now();
      problem.value = undefined;
    } catch (error) {
      if (mine.signal.aborted) return;
      const { code, rawMessage } = ConnectError.from(error);
      problem.value = { kind: problems.get(code) ?? "other", words: rawMessage };
      // These do not pass.
      if (["old", "recording", "denied"].includes(problem.value.kind)) return;
    }
    timer = setTimeout(() => void look(), againMs);
  }

  const onVisibility = () => void look();
  document.addEventListener("visibilitychange", onVisibility);
  watch([key, living], () => void look(), { immediate: true });
  onScopeDispose(() => {
    document.removeEventListener("visibilitychange", onVisibility);
    stop();
  });
  return { space, atMs, problem };
}
