// SPDX-License-Identifier: Apache-2.0

import type { source as english } from "../en/source";
import type { MessagesLike } from "../messages";

export const source: MessagesLike<typeof english> = {
  "problem.waiting.missing": "Aún no hay eventos: falta el módulo del núcleo",
  "problem.waiting.permission": "Aún no hay eventos: memmond no tiene permiso para leer el dispositivo del módulo",
  "problem.waiting.busy": "Aún no hay eventos: otro programa lee el dispositivo del módulo",
  "problem.waiting.version": "Aún no hay eventos: el módulo del núcleo y memmond son de versiones distintas",
  "problem.waiting.other": "Aún no hay eventos: no se puede leer el dispositivo del módulo",
  "problem.failed.missing": "La grabación no está",
  "problem.failed.permission": "memmond no tiene permiso para leer la grabación",
  "problem.failed.version": "La grabación es de otra versión que memmond",
  "problem.failed.other": "No se pueden leer los eventos",
  "problem.failed.damaged": "Esto no es una grabación de memmon, o está dañada",
  "problem.waiting.damaged": "Aún no hay eventos: lo que dice el dispositivo del módulo no tiene sentido",
  "problem.todo.waiting.missing": "Cargue el módulo.",
  "problem.todo.waiting.permission": "Ponga al usuario de memmond en el grupo memmon y vuelva a arrancar memmond.",
  "problem.todo.waiting.busy": "Solo puede leerlo un programa a la vez: termine el otro, o use ese en su lugar.",
  "problem.todo.waiting.version": "Instale los dos de una misma versión y vuelva a cargar el módulo.",
  "problem.todo.waiting.damaged": "Vuelva a cargar el módulo, de la misma versión que memmond.",
  "problem.todo.waiting.other": "Lo que memmond dice de ello explica más.",
  "problem.todo.failed.missing": "Corrija el nombre que se le dio a memmond con --replay.",
  "problem.todo.failed.permission": "Deje que el usuario de memmond lea el archivo.",
  "problem.todo.failed.version": "Reprodúzcala con el memmond de la versión que la grabó.",
  "problem.todo.failed.damaged": "Grábela otra vez, o indique otro archivo con --replay.",
  "problem.todo.failed.other": "Lo que memmond dice de ello explica más.",
  "problem.endedShort": "Termina en medio de un registro: falta el último, y todo lo anterior está aquí.",
  "problem.retryText": "memmond lo intenta una y otra vez y sigue por sí solo en cuanto puede.",
  "problem.endedTitle": "La grabación ha llegado a su fin",
  "problem.endedText": "Lo que ve es el último estado de {name}.",
  "problem.notCovered": "El módulo no vigila esto en este núcleo y sus totales pueden retrasarse: {list}",
};
