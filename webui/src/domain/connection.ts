// SPDX-License-Identifier: Apache-2.0
//
// What to tell people about the connection, from what is known about it.

import { SourceStatus_State as SourceState } from "@/gen/memmon/v1/status_pb";
import { recordingOf } from "./recording";

/** Why memmond does not let the page see anything. */
export type Refusal =
  /** It does not know the call: it is older than the page. */
  | "old"
  /** It wants its token, or another one than it was given. */
  | "token"
  /** It does not answer this page, whatever that brings. */
  | "forbidden";

/** Why there is no stream. */
export interface Reason {
  readonly kind: "ended" | "misfit" | "silent" | "unreachable" | "broken" | "error";
  /** memmond's own words, of an error alone. */
  readonly words: string;
}

/** What the stream itself is doing. */
export type Phase =
  | { readonly name: "connecting"; readonly attempt: number }
  | { readonly name: "open" }
  | { readonly name: "hidden" }
  | { readonly name: "waiting"; readonly attempt: number; readonly retryAtMs: number; readonly reason: Reason }
  | { readonly name: "refused"; readonly refusal: Refusal; readonly words: string };

export type ConnectionState =
  | { readonly name: "connecting" }
  | { readonly name: "live" }
  /** As live, of what is long over. */
  | { readonly name: "recording" }
  | { readonly name: "paused" }
  | { readonly name: "stale"; readonly ageSeconds: number }
  /** undefined: trying right now. */
  | { readonly name: "reconnecting"; readonly inSeconds: number | undefined }
  | { readonly name: Refusal }
  | { readonly name: "waiting" }
  | { readonly name: "failed" }
  | { readonly name: "ended" };

/** The status comes every two seconds; without a word for so long something is wrong. */
export const staleAfterMs = 5_000;

export interface ConnectionFacts {
  readonly phase: Phase;
  readonly nowMs: number;
  readonly lastMessageMs: number | undefined;
  readonly source: SourceState | undefined;
  readonly sourceName: string | undefined;
}

export function connectionState(facts: ConnectionFacts): ConnectionState {
  const { phase, nowMs } = facts;
  switch (phase.name) {
    case "hidden":
      return { name: "paused" };
    case "connecting":
      return phase.attempt > 0 ? { name: "reconnecting", inSeconds: undefined } : { name: "connecting" };
    case "waiting":
      return { name: "reconnecting", inSeconds: Math.max(0, Math.ceil((phase.retryAtMs - nowMs) / 1_000)) };
    case "refused":
      return { name: phase.refusal };
    case "open":
      break;
  }
  const ageMs = facts.lastMessageMs === undefined ? 0 : nowMs - facts.lastMessageMs;
  if (ageMs > staleAfterMs) return { name: "stale", ageSeconds: Math.floor(ageMs / 1_000) };
  switch (facts.source) {
    case SourceState.WAITING:
      return { name: "waiting" };
    case SourceState.FAILED:
      return { name: "failed" };
    case SourceState.ENDED:
      return { name: "ended" };
    default:
      return { name: recordingOf(facts.sourceName) === undefined ? "live" : "recording" };
  }
}

/**
 * The command in a sentence that says what to type: what stands in back quotes, or behind
 * "type:" until a remark in brackets or another sentence, or else what begins with sudo.
 * Undefined where there is none.
 */
export function commandIn(problem: string): string | undefined {
  const quoted = /`([^`]+)`/.exec(problem)?.[1];
  const typed = /\btype:\s+(.+?)(?= \(|[;,] |\.? *$)/i.exec(problem)?.[1];
  const bare = /\bsudo\s+[^\n;,("']+/.exec(problem)?.[0];
  return (quoted ?? typed ?? bare)?.replace(/[.,)\s]+$/, "").trim() || undefined;
}
