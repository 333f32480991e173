// SPDX-License-Identifier: Apache-2.0
//
// What the service has, as its proto says: a test that goes through its methods finds one that
// is new.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./memmond.mjs";

export const service = "memmon.v1.MemoryMonitor";

/** Its methods, in the proto's order: [{ name, streams }]. */
export function methods() {
  const proto = readFileSync(join(root, "proto/memmon/v1/memmon.proto"), "utf8");
  return [...proto.matchAll(/^ {2}rpc (\w+)\(\w+\) returns \((stream )?\w+\)/gm)].map(([, name, stream]) => ({ name, streams: stream !== undefined }));
}

/** The names of those, sorted. */
export const names = (some = methods()) => some.map(({ name }) => name).sort();
