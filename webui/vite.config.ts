// SPDX-License-Identifier: Apache-2.0

import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";
import { zoneAtHour } from "./tests/browser/zone";
import { LongestFirst } from "./tests/longestFirst";

// memmond's web port; the development server hands its calls on to it.
const memmond = {
  target: process.env.MEMMON_WEB ?? "http://127.0.0.1:8080",
  // memmond refuses pages of other origins: it is to see the one that the browser sees.
  changeOrigin: false,
};

export default defineConfig({
  // No component is written with options: what Vue has for those is left out.
  plugins: [vue({ features: { optionsAPI: false } })],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    outDir: "dist",
    // The page runs under a strict Content-Security-Policy: no data: URLs, nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/memmon.v1.MemoryMonitor": { ...memmond, ws: true }, "/api": memmond, "/metrics": memmond },
  },
  test: {
    environment: "node",
    // One browser leaves half a processor to a second one.
    poolOptions: { forks: { minForks: 1, maxForks: 2 } },
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: { name: "quick", include: ["tests/**/*.test.ts"], exclude: ["tests/browser/**"], env: { TZ: "UTC" } },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["tests/browser/*.test.ts"],
          globalSetup: "tests/browser/server.ts",
          // Midnight, after which times of an hour ago are told with their day, is far away from every
          // test that does not ask for it. The browsers have this, too.
          env: { TZ: zoneAtHour(12) },
          expect: { poll: { timeout: 15_000 } },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
