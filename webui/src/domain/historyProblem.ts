// SPDX-License-Identifier: Apache-2.0
//
// Why there is no history, as people are told it.

import { Code, ConnectError } from "@connectrpc/connect";
import { isUnanswered } from "./failure";

export interface HistoryProblem {
  readonly kind:
    /** No database is configured. */
    | "off"
    /** This memmond does not know the call. */
    | "old"
    /** The database cannot be reached now. */
    | "down"
    /** It took too long. */
    | "slow"
    /** It is not told to this page. */
    | "denied"
    /** Nothing of it is stored. */
    | "unknown"
    /** memmond itself does not answer. */
    | "unreachable"
    | "other";
  /** The service's own words; none where it does not answer. */
  readonly words: string;
}

const kinds = new Map<Code, HistoryProblem["kind"]>([
  [Code.FailedPrecondition, "off"],
  [Code.Unimplemented, "old"],
  [Code.Unavailable, "down"],
  [Code.DeadlineExceeded, "slow"],
  [Code.Unauthenticated, "denied"],
  [Code.PermissionDenied, "denied"],
  [Code.NotFound, "unknown"],
]);

export function historyProblem(error: unknown): HistoryProblem {
  if (isUnanswered(error)) return { kind: "unreachable", words: "" };
  const { code, rawMessage } = ConnectError.from(error);
  return { kind: kinds.get(code) ?? "other", words: rawMessage };
}
