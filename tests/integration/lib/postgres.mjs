// SPDX-License-Identifier: Apache-2.0
//
// A PostgreSQL of a test's own (scripts/lib/postgres.sh).

import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./memmond.mjs";

/** { conninfo, stop }: its owner's connection string; stop() leaves nothing behind. */
export async function startPostgres() {
  const directory = mkdtempSync(join(tmpdir(), "memmon-postgres-"));
  // The server's user has to get there.
  chmodSync(directory, 0o755);
  const call = (command) => run("bash", ["-c", `. scripts/lib/postgres.sh && ${command} "$0"`, join(directory, "db")]);
  const { out, error, status } = await call("postgres_start");
  if (status !== 0) throw new Error(`PostgreSQL does not start: ${error}`);
  return {
    conninfo: out.trim(),
    stop: async () => {
      await call("postgres_stop");
      rmSync(directory, { recursive: true });
    },
  };
}
