// SPDX-License-Identifier: Apache-2.0

import type { untracked as english } from "../en/untracked";
import type { MessagesLike } from "../messages";

export const untracked: MessagesLike<typeof english> = {
  "untracked.title": {
    one: "{n} evento es de un proceso para el que memmond no tiene sitio",
    many: "{n} de eventos son de procesos para los que memmond no tiene sitio",
    other: "{n} eventos son de procesos para los que memmond no tiene sitio",
  },
  "untracked.todo": "Dé más memoria a memmond (--memory {more}); tiene {bytes}. Si lo ejecuta systemd, MemoryHigh y MemoryMax de su unidad deben quedar por encima.",
};
