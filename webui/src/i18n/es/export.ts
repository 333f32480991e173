// SPDX-License-Identifier: Apache-2.0

import type { exporting as english } from "../en/export";
import type { MessagesLike } from "../messages";

export const exporting: MessagesLike<typeof english> = {
  "export.title": "Guardar o imprimir: {what}",
  "export.csv": "CSV",
  "export.csvHint": "para hojas de cálculo, en bytes",
  "export.json": "JSON",
  "export.jsonHint": "para programas, en bytes",
  "export.png": "PNG",
  "export.pngHint": "una imagen, tal como se ve",
  "export.print": "Imprimir",
  "export.printHint": "o guardar como PDF, con todas las líneas",
  "export.span": "de {from} a {to}",
  "export.lost": {
    one: "falta {n} registro",
    many: "faltan {n} de registros",
    other: "faltan {n} registros",
  },
  "export.unrecorded": "no hay nada registrado de {duration}",
  "print.note": "Impreso desde memmon: {about}",
  "print.logPart": "Las anteriores no se imprimen.",
  "print.log": "Las direcciones no se imprimen: un archivo guardado como CSV o JSON las tiene, y todas las líneas.",
  "print.more": {
    one: "y {n} línea más que no se imprime",
    many: "y {n} de líneas más que no se imprimen",
    other: "y {n} líneas más que no se imprimen",
  },
};
