// SPDX-License-Identifier: Apache-2.0

import { createApp } from "vue";
import App from "./App.vue";
import { createApi, ownOriginTransport } from "./api/client";
import { authorize, takeToken } from "./api/token";
import { recall } from "./composables/storage";
import { chooseLocale, dictionaries, locales } from "./i18n";
import "./styles/font.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/print.css";

/** Before there is a page that could ask. */
function askForToken(): string | null {
  return window.prompt(dictionaries[recall("locale", locales) ?? chooseLocale(navigator.languages)]["token.ask"] as string);
}

takeToken(window);
// The mock is for development alone: this branch is not in a production build.
const transport =
  import.meta.env.MODE === "mock"
    ? (await import("./mock/transport")).createMockTransport()
    : ownOriginTransport([authorize(sessionStorage, askForToken)]);

createApp(App, { api: createApi(transport) }).mount("#app");
