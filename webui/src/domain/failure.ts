// SPDX-License-Identifier: Apache-2.0
//
// Who says that a call failed: memmond, with a status, or the browser and this page, which have nothing
// from it. What these say is in English, and is nothing to be quoted as memmond's.

import { ConnectError } from "@connectrpc/connect";

/** What the page's own client says of an answer that is none, and a proxy of a memmond that it does not reach. */
const clientWords = /^(missing (trailer|message)|protocol error: .*|HTTP 5\d\d|the operation timed out)$/;

export function isUnanswered(error: unknown): boolean {
  // A browser's error, and what the page itself throws, is kept as the cause.
  return !(error instanceof ConnectError) || error.cause !== undefined || clientWords.test(error.rawMessage);
}
