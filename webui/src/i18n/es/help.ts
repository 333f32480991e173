// SPDX-License-Identifier: Apache-2.0

import type { help as english } from "../en/help";
import type { MessagesLike } from "../messages";

export const help: MessagesLike<typeof english> = {
  "help.title": "Teclas y ayuda",
  "help.filter": "Filtrar los procesos",
  "help.down": "Línea siguiente",
  "help.up": "Línea anterior",
  "help.far": "Una página adelante o atrás, primera línea, última línea",
  "help.open": "Abrir la página del proceso, o el grupo",
  "help.pin": "Fijar el proceso arriba, o soltarlo",
  "help.only": "Mostrar solo este proceso en el registro, o todos",
  "help.unfold": "Abrir un grupo o una rama",
  "help.fold": "Cerrar un grupo o una rama",
  "help.back": "Atrás: borrar el filtro, salir de la página de un proceso",
  "help.pause": "Pausar el registro, o seguir",
  "help.alerts": "Avisos: cuáles saltaron y cuáles hay puestos",
  "help.suspects": "Memoria que crece y no se devuelve",
  "help.hints": "Qué significa una cifra: una tras otra; las flechas siguen, Esc vuelve",
  "help.help": "Esta ventana",
  "help.touch": "En una pantalla táctil, toque una cifra para ver qué significa; en un botón o una línea de una tabla, mantenga el dedo.",
  "help.explain": "Explicar las cifras",
  "help.letters": "Atajos de una sola tecla",
  "help.version": "memmond {version}, del que viene esta página",
};
