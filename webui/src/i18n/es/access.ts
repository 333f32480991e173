// SPDX-License-Identifier: Apache-2.0

import type { access as english } from "../en/access";
import type { MessagesLike } from "../messages";

export const access: MessagesLike<typeof english> = {
  "access.oldTitle": "Este memmond es más antiguo que su página",
  "access.oldText": "No conoce la llamada de la que vive la página. Actualice memmond y vuelva a cargar la página.",
  "access.tokenTitle": "memmond pide su token",
  "access.tokenText": "Está en el archivo de --token-file de memmond. Solo lo guarda esta pestaña.",
  "access.forbiddenTitle": "memmond no deja entrar a esta página",
  "access.forbiddenText": "Responde en sus direcciones, con el nombre localhost y con los nombres que se le dieron, a sus propias páginas. Para que responda aquí,",
  "setting.write": "escriba en /etc/memmon/memmond.toml",
  "setting.restart": "y ejecute",
  "setting.byHand": "Si memmond se arrancó a mano, termínelo y arránquelo también con {option}.",
  "access.says": "memmond dice:",
  "access.enter": "Escribir el token",
  "access.token": "Token",
  "access.wrong": "No es el token que se le dio a memmond. Pruebe otra vez.",
  "access.send": "Continuar",
  "access.hidden": "Oculto: memmond solo lo muestra con un token.",
};
