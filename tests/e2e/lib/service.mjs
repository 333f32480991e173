// SPDX-License-Identifier: Apache-2.0
//
// memmond's methods, called as a person would, with buf curl.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./guest.mjs";

export const service = "memmon.v1.MemoryMonitor";
export const buf = join(root, "webui/node_modules/.bin/buf");

/** Sum of a field of the answers, whose 64-bit numbers are strings. */
export const sum = (list, field) => list.reduce((total, item) => total + Number(item[field] ?? 0), 0);

/** What `method` of the memmond on `port` answers. */
export async function call(port, method, request) {
  const { stdout } = await promisify(execFile)(
    buf,
    ["curl", "--protocol", "grpc", "--http2-prior-knowledge", "--emit-defaults",
     "-d", JSON.stringify(request), `http://127.0.0.1:${port}/${service}/${method}`],
    { timeout: 60_000, maxBuffer: 1 << 28 },
  );
  return JSON.parse(stdout);
}
