// SPDX-License-Identifier: Apache-2.0

import type { explain as english } from "../en/explain";
import type { MessagesLike } from "../messages";

export const explain: MessagesLike<typeof english> = {
  "explain.ENOMEM": "El núcleo no tenía sitio: el espacio de direcciones está lleno, se alcanzó un límite (ulimit -v, o el número de asignaciones, vm.max_map_count), o la sobreasignación no permite tanto (vm.overcommit_memory). La RAM no tiene por qué estar llena.",
  "explain.EINVAL": "El núcleo no admite esa longitud, esa dirección o esos indicadores; munmap lo dice de una dirección que no es comienzo de página.",
  "explain.EEXIST": "MAP_FIXED_NOREPLACE, y ya hay algo ahí.",
  "explain.EACCES": "El archivo no se abrió para lo que quiere la asignación.",
  "explain.EAGAIN": "Ya hay demasiada memoria bloqueada (ulimit -l).",
  "explain.EPERM": "Prohibido: un sello del archivo, un sistema de archivos montado con noexec, o una dirección demasiado baja para este usuario.",
};
