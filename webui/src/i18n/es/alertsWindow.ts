// SPDX-License-Identifier: Apache-2.0

import type { alertsWindow as english } from "../en/alertsWindow";
import type { MessagesLike } from "../messages";

export const alertsWindow: MessagesLike<typeof english> = {
  "alerts.title": "Avisos",
  "alerts.happened": "Saltaron",
  "alerts.none": "No hay ningún aviso puesto. Ponga uno abajo y esta página le dirá cuándo salta.",
  "alerts.quiet": "Nada todavía.",
  "alerts.open": "Abrir {pid}",
  "alerts.clear": "Vaciar la lista",
  "alerts.rules": "Avisos puestos",
  "alerts.remove": "Quitar: {rule}",
  "alerts.removeShort": "Quitar",
  "alerts.when": "Avisar cuando un proceso",
  "alerts.kind.held": "retenga más de",
  "alerts.kind.growth": "crezca en un minuto más de",
  "alerts.kind.noMemory": "no reciba memoria (ENOMEM)",
  "alerts.limit": "Límite",
  "alerts.unit": "Unidad",
  "alerts.pattern": "Nombre (admite *)",
  "alerts.patternHint": "cualquiera; o como post*",
  "alerts.add": "Poner aviso",
  "alerts.full": "Hay veinte puestos y no caben más: quite uno antes.",
  "alerts.anyProcess": "Cualquier proceso",
  "alerts.named": "Un proceso de nombre {pattern}",
  "alerts.rule.held": "{who} retiene más de {bytes}",
  "alerts.rule.growth": "{who} crece más de {bytes} en un minuto",
  "alerts.rule.noMemory": "{who} no recibe memoria: mmap falla con ENOMEM",
  "alerts.missing": "Desde {time} se perdieron registros camino de memmond. Una petición rechazada entre ellos no se avisa aquí.",
  "alerts.notify": "Avisarme también fuera de esta página",
  "alerts.notify.off": "El navegador le preguntará antes. Sin ello esta página descansa mientras está oculta y entonces no avisa de nada.",
  "alerts.notify.on": "Mientras haya un aviso puesto, esta página sigue aunque esté oculta. Cerrada, o congelada por el navegador, no avisa de nada.",
  "alerts.notify.blocked": "Este navegador no lo permite: cámbielo en sus ajustes para esta dirección.",
  "alerts.notify.unsupported": "Este navegador no puede en esta dirección: hace falta https, o el propio equipo (127.0.0.1).",
};
