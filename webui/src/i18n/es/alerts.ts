// SPDX-License-Identifier: Apache-2.0

import type { alerts as english } from "../en/alerts";
import type { MessagesLike } from "../messages";

export const alerts: MessagesLike<typeof english> = {
  "alerts.show": "Avisos",
  "alerts.unseen": { one: "{n} aviso nuevo", many: "{n} de avisos nuevos", other: "{n} avisos nuevos" },
  "alerts.fired.held": "{name} ({pid}) retiene más de {limit}: hasta {bytes}.",
  "alerts.fired.growth": "{name} ({pid}) creció más de {limit} en un minuto: hasta {bytes}.",
  "alerts.fired.noMemory": {
    one: "A {name} ({pid}) se le negó memoria {n} vez: mmap falló con ENOMEM, por {bytes} como mucho.",
    many: "A {name} ({pid}) se le negó memoria {n} de veces: mmap falló con ENOMEM, por hasta {bytes}.",
    other: "A {name} ({pid}) se le negó memoria {n} veces: mmap falló con ENOMEM, por hasta {bytes}.",
  },
  "alerts.already": "Ya era así antes de poner el aviso o de abrir la página.",
  "alerts.uncertain": "La cifra puede ir con retraso: se perdieron registros sobre él.",
  "alerts.more": { one: "Y {n} más.", many: "Y {n} más.", other: "Y {n} más." },
  "suspects.show": "Memoria que crece y no se devuelve",
  "welcome.title": "Qué se ve aquí",
  "welcome.first": "memmon muestra qué proceso de este equipo pide memoria al núcleo, cuánta y cuándo, en el momento en que ocurre.",
  "welcome.second": "Lo retenido es lo pedido y no devuelto, el tamaño virtual es todo el espacio de direcciones y lo residente es lo que está en la RAM.",
  "welcome.third": "Haga clic en un nombre para saberlo todo de un proceso, ponga avisos en la campana y pulse ? para ver las teclas y leer esto otra vez.",
  "welcome.close": "Entendido",
};
