// SPDX-License-Identifier: Apache-2.0

import type { suspects as english } from "../en/suspects";
import type { MessagesLike } from "../messages";

export const suspects: MessagesLike<typeof english> = {
  "suspects.title": "Memoria que crece y no se devuelve",
  "suspects.lead": "Procesos que retienen cada vez más: crecieron en la mayoría de los pasos y se quedaron con la mayor parte. Puede ser una fuga, o una caché que se llena.",
  "suspects.span": "En los últimos",
  "suspects.minutes": "{n} min",
  "suspects.since": "Esta página mira desde {time}.",
  "suspects.none": "Ninguno que esta página haya visto. Necesita al menos unos doce segundos para saberlo.",
  "suspects.course": "Retenido",
  "suspects.rate": "Por minuto",
  "suspects.growth": "En total",
  "suspects.courseHint": "mmap menos munmap, paso a paso en el periodo",
  "suspects.rateHint": "Cuánto más retuvo cada minuto, en promedio del periodo",
  "suspects.growthHint": "Cuánto más retiene al final del periodo que al principio",
  "suspects.from": "desde {time}",
  "suspects.grew": "Pasos en que creció",
  "suspects.grewHint": "La parte de los pasos, hasta 24, al final de los cuales retenía más que al comienzo",
  "suspects.kept": "Conservado",
  "suspects.keptHint": "Cuánto de todo lo que vino no se devolvió",
  "suspects.missing": "Desde {time} puede que esta página no lo haya visto todo: lo que creció entretanto puede aparecer tarde, o no aparecer.",
  "suspects.note": "Lo retenido es mmap menos munmap: el crecimiento del montículo por brk no está. El tiempo en que esta página no miraba no cuenta.",
  "suspects.stored": "De la base de datos: lo que más ha crecido en",
  "suspects.storedHint": "En {span}: quién retiene cuánto más al final que al comienzo",
};
