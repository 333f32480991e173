// SPDX-License-Identifier: Apache-2.0

import type { comparison as english } from "../en/comparison";
import type { MessagesLike } from "../messages";

export const comparison: MessagesLike<typeof english> = {
  "compare.choose": "Comparar con",
  "compare.with": "comparado con {name} ({pid})",
  "compare.title": "Qué cambia",
  "compare.totals": "Los dos intervalos",
  "compare.perSecond": "{bytes} por segundo",
  "compare.difference": "Solicitado en A, menos B",
  "compare.differenceHint": "Más de 0: en A se solicitó más.",
  "compare.lengths": "A y B no duran lo mismo: compare lo solicitado por segundo.",
  "compare.covered": "Hay eventos guardados de {a} de A y de {b} de B: compare lo solicitado por segundo.",
  "compare.captures": "memmon volvió a empezar entre A y B: lo que retenían los procesos se cuenta en cada uno desde otro comienzo.",
  "compare.anew": "memmond se reinició en {range} ({time}): no se sabe a qué llamaron en {range} los procesos que ya existían, y lo que retenían se cuenta desde entonces.",
  "compare.grouping": "Comparado por",
  "compare.by.process": "Proceso",
  "compare.by.program": "Programa",
  "compare.name": "Proceso",
  "compare.nameHint": "Se ordena por el nombre",
  "compare.requested": "Solicitado",
  "compare.requestedHint": "Longitudes de todas las llamadas mmap con éxito: A menos B, y debajo A · B",
  "compare.held": "Retenido",
  "compare.heldHint": "mmap menos munmap al final de cada intervalo: A menos B, y debajo A · B",
  "compare.calls": "Llamadas",
  "compare.callsHint": "Llamadas mmap, munmap y fallidas: A menos B, y debajo A · B. De los procesos que terminaron en un intervalo solo se conocen los bytes",
  "compare.anewNone": "No se sabe: memmond se reinició en {ranges} y cuenta desde entonces",
  "compare.endedNone": "No se sabe: de lo que terminó en {ranges} solo constan los bytes solicitados",
  "compare.onlyA": "solo en A",
  "compare.onlyB": "solo en B",
  "compare.others": "otros, que terminaron",
  "compare.none": "Ningún proceso cambia.",
  "compare.differ": { one: "{n} cambia", many: "{n} de procesos cambian", other: "{n} cambian" },
  "compare.same": { one: "{n} sigue igual", many: "{n} de procesos siguen igual", other: "{n} siguen igual" },
  "compare.more": { one: "Mostrar {n} más", many: "Mostrar {n} más", other: "Mostrar {n} más" },
};
