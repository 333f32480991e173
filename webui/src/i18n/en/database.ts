// SPDX-License-Identifier: Apache-2.0
//
// What keeps events from being stored, and what to do about it.

export const database = {
  "database.problem.unreachable": "The database cannot be reached",
  "database.todo.unreachable": "See on its host whether PostgreSQL runs, and whether --database names it.",
  "database.problem.refused": "The database's server does not let memmond in",
  "database.todo.refused": "Correct the role or the password that memmond is given, or the server's pg_hba.conf.",
  "database.problem.noDatabase": "The server has no such database",
  "database.todo.noDatabase": "Make it, or correct the name in --database.",
  "database.problem.noPrivilege": "memmond's role may not do what it must in the database",
  "database.todo.noPrivilege": "Run memmond --migrate once as the schema's owner, then psql -f sql/roles.sql.",
  "database.problem.tooMany": "The database takes no more connections",
  "database.todo.tooMany": "See in pg_stat_activity who is connected, or raise max_connections.",
  "database.problem.readOnly": "Nothing may be written to the database",
  "database.todo.readOnly": "It may be a standby: name the primary with --database.",
  "database.problem.diskFull": "The disk of the database is full",
  "database.todo.diskFull": "Make room on it; memmon takes less with --keep-bytes or --keep-days.",
  "database.problem.foreign": "The database is not memmon's, and memmond leaves it alone",
  "database.todo.foreign": "Give memmond a database of its own, in UTF-8.",
  "database.problem.version": "The database's schema is of another release than memmond",
  "database.todo.version": "Run the memmond that made it, or give this one another database.",
  "database.problem.tablesFull": "memmon's tables take more than they may",
  "database.todo.tablesFull": "Further events are counted in the minutes alone. Give more --keep-bytes, or keep less of each day with --store filtered.",
  "database.problem.spoolFull": "The spool takes no more events",
  "database.todo.spoolFull": "Make room on its disk, or give memmond a larger --spool-bytes.",
  "database.problem.spoolUnwritable": "The spool cannot be written: events wait in memory alone",
  "database.todo.spoolUnwritable": "Give memmond's user the directory of --spool-dir, and look at that disk.",
  "database.problem.preparing": "The database's tables are being brought to this memmond's release: events wait",
  "database.todo.preparing": "Wait; where there is much in them it takes minutes.",
  "database.problem.other": "Events cannot be stored as they should be",
  "database.todo.other": "What memmond says of it tells more.",
};
