// SPDX-License-Identifier: Apache-2.0
//
// The page with its made-up service, built as it ships, at an address of the loopback; under the
// policy that memmond sends.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { build, preview } from "vite";

declare module "vitest" {
  interface ProvidedContext {
    pageUrl: string;
  }
}

// As in service/web/replies.cc.
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const outDir = await mkdtemp(join(tmpdir(), "memmon-page-"));
  const common = { mode: "mock", logLevel: "warn", build: { outDir } } as const;
  await build({ ...common, build: { ...common.build, emptyOutDir: true, minify: false, reportCompressedSize: false } });
  const server = await preview({
    ...common,
    preview: { host: "127.0.0.1", port: 0, headers: { "Content-Security-Policy": policy } },
  });
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error("the page's server has no address");
  project.provide("pageUrl", url);
  return async () => {
    await server.close();
    await rm(outDir, { recursive: true, force: true });
  };
}
