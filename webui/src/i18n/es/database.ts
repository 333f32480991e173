// SPDX-License-Identifier: Apache-2.0

import type { database as english } from "../en/database";
import type { MessagesLike } from "../messages";

export const database: MessagesLike<typeof english> = {
  "database.problem.unreachable": "No se llega a la base de datos",
  "database.todo.unreachable": "Mire en su equipo si PostgreSQL está en marcha y si --database lo nombra bien.",
  "database.problem.refused": "El servidor de la base de datos no deja entrar a memmond",
  "database.todo.refused": "Corrija el rol o la contraseña que se da a memmond, o el pg_hba.conf del servidor.",
  "database.problem.noDatabase": "El servidor no tiene esa base de datos",
  "database.todo.noDatabase": "Créela, o corrija el nombre en --database.",
  "database.problem.noPrivilege": "El rol de memmond no puede hacer lo necesario en la base de datos",
  "database.todo.noPrivilege": "Ejecute una vez memmond --migrate como propietario del esquema y después psql -f sql/roles.sql.",
  "database.problem.tooMany": "La base de datos no admite más conexiones",
  "database.todo.tooMany": "Vea en pg_stat_activity quién está conectado, o suba max_connections.",
  "database.problem.readOnly": "No se puede escribir en la base de datos",
  "database.todo.readOnly": "Puede ser una réplica: nombre el servidor primario con --database.",
  "database.problem.diskFull": "El disco de la base de datos está lleno",
  "database.todo.diskFull": "Haga sitio en él; memmon ocupa menos con --keep-bytes o --keep-days.",
  "database.problem.foreign": "La base de datos no es de memmon, y memmond no la toca",
  "database.todo.foreign": "Dé a memmond una base de datos propia, en UTF-8.",
  "database.problem.version": "El esquema de la base de datos es de otra versión que memmond",
  "database.todo.version": "Use el memmond que lo creó, o dé a este otra base de datos.",
  "database.problem.tablesFull": "Las tablas de memmon ocupan más de lo permitido",
  "database.todo.tablesFull": "Los demás eventos solo se cuentan en los minutos. Dé más --keep-bytes, o guarde menos de cada día con --store filtered.",
  "database.problem.spoolFull": "La cola en disco no admite más eventos",
  "database.todo.spoolFull": "Haga sitio en su disco, o dé a memmond un --spool-bytes mayor.",
  "database.problem.spoolUnwritable": "No se puede escribir la cola en disco: los eventos esperan solo en memoria",
  "database.todo.spoolUnwritable": "Dé al usuario de memmond el directorio de --spool-dir y mire ese disco.",
  "database.problem.preparing": "Las tablas de la base de datos se están llevando a la versión de este memmond: los eventos esperan",
  "database.todo.preparing": "Espere; si hay mucho en ellas, tarda minutos.",
  "database.problem.closed": "La base de datos no admite conexiones",
  "database.todo.closed": "Vuelva a permitirlas, o nombre otra con --database.",
  "database.problem.other": "Los eventos no se pueden guardar como es debido",
  "database.todo.other": "Lo que dice memmond explica más.",
};
