// SPDX-License-Identifier: Apache-2.0

import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// memmond's web port; the development server hands its calls on to it.
const memmond = {
  target: process.env.MEMMON_WEB ?? "http://127.0.0.1:8080",
  // memmond refuses pages of other origins: it is to see the one that the browser sees.
  changeOrigin: false,
};

/** The file that takes the longest begins first: nobody is to wait for it alone in the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLongest = ({ moduleId }: TestSpecification) => moduleId.endsWith("/axe.test.ts");
    const sorted = await super.sort(files);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

export default defineConfig({
  plugins: [vue()],
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
    // Two browsers at a time: more wait for each other's drawing.
    minWorkers: 1,
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: { name: "quick", include: ["tests/**/*.test.ts"], exclude: ["tests/browser/**"] },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: ["tests/browser/*.test.ts"],
          globalSetup: "tests/browser/server.ts",
          // The machine does something else, too.
          expect: { poll: { timeout: 15_000 } },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
