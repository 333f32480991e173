// SPDX-License-Identifier: Apache-2.0

import { createApp } from "vue";
import App from "./App.vue";
import { createApi, ownOriginTransport } from "./api/client";
import { authorize, takeToken } from "./api/token";
import { recall } from "./composables/storage";
import { chooseLocale, loadLanguage, locales } from "./i18n";
import "./styles/font.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/print.css";

async function start(): Promise<void> {
  takeToken(window);
  // Nothing is drawn before every text is here.
  const language = await loadLanguage(recall("locale", locales) ?? chooseLocale(navigator.languages));
  const interceptors = [authorize(sessionStorage)];
  // The mock is for development alone: this branch is not in a production build.
  const transport =
    import.meta.env.MODE === "mock"
      ? (await import("./mock/transport")).createMockTransport(interceptors)
      : ownOriginTransport(interceptors);

  createApp(App, { api: createApi(transport), language }).mount("#app");
}

// No await at the top: the bundler would have to part what is loaded at once into dozens of files.
void start();
