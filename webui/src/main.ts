// SPDX-License-Identifier: Apache-2.0

import { createApp } from "vue";
import App from "./App.vue";
import { createApi, ownOriginTransport } from "./api/client";
import "./styles/font.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/print.css";

// The mock is for development alone: this branch is not in a production build.
const transport =
  import.meta.env.MODE === "mock" ? (await import("./mock/transport")).createMockTransport() : ownOriginTransport();

createApp(App, { api: createApi(transport) }).mount("#app");
