// SPDX-License-Identifier: Apache-2.0
//
// What keeps events from being stored, as the page has words for it in its own languages.

import { DatabaseStatus_Cause as Cause, type DatabaseStatus, DatabaseStatus_State as State } from "@/gen/memmon/v1/status_pb";

const problems = {
  [Cause.UNREACHABLE]: "unreachable",
  [Cause.REFUSED]: "refused",
  [Cause.NO_DATABASE]: "noDatabase",
  [Cause.NO_PRIVILEGE]: "noPrivilege",
  [Cause.TOO_MANY_CONNECTIONS]: "tooMany",
  [Cause.READ_ONLY]: "readOnly",
  [Cause.DISK_FULL]: "diskFull",
  [Cause.FOREIGN]: "foreign",
  [Cause.OTHER_VERSION]: "version",
  [Cause.TABLES_FULL]: "tablesFull",
  [Cause.SPOOL_FULL]: "spoolFull",
  [Cause.SPOOL_UNWRITABLE]: "spoolUnwritable",
  [Cause.PREPARING]: "preparing",
  [Cause.CLOSED]: "closed",
  // Only memmond's own words tell it.
  [Cause.UNSPECIFIED]: "other",
} as const satisfies Record<Cause, string>;

export type DatabaseProblem = (typeof problems)[Cause];

/** How memmond is given a database on its own host: in its file of settings, and as an option. */
export const databaseLine = 'database = "host=/run/postgresql dbname=memmon"';
export const databaseOption = "--database=postgresql:///memmon";

/** What helps where one command does, to be typed on the host. */
export const databaseCommands: Readonly<Partial<Record<DatabaseProblem, string>>> = {
  unreachable: "pg_isready",
  noDatabase: "createdb memmon",
  closed: 'psql -d postgres -c "ALTER DATABASE memmon ALLOW_CONNECTIONS true"',
  foreign: "createdb -E UTF8 -T template0 memmon",
};

/** Empty where all is well. A cause that a newer memmond knows is "other", and so is an older one's silence. */
export function databaseProblems(database: Pick<DatabaseStatus, "state" | "problem" | "causes"> | undefined): readonly DatabaseProblem[] {
  if (database === undefined) return [];
  const known = new Set(database.causes.map((cause) => problems[cause] ?? "other"));
  if (known.size > 0) return [...known];
  return database.state === State.DOWN || database.problem !== "" ? ["other"] : [];
}
