// SPDX-License-Identifier: Apache-2.0
//
// The page with its made-up service, built as it ships, at an address of the loopback; under the
// policy that memmond sends.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { build, preview } from "vite";

declare module "vitest" {
  interface ProvidedContext {
    pageUrl: string;
  }
}

/** The policy as memmond has it; throws where it is not found any more. */
async function memmondsPolicy(): Promise<string> {
  const source = fileURLToPath(new URL("../../../service/web/replies.cc", import.meta.url));
  const [, literals = ""] = /char kPolicy\[\] =((?:\s*"[^"]*")+);/.exec(await readFile(source, "utf8")) ?? [];
  const policy = [...literals.matchAll(/"([^"]*)"/g)].map(([, part]) => part).join("");
  if (!policy.startsWith("default-src 'none'; ")) throw new Error(`${source} has no policy that begins with nothing: "${policy}"`);
  return policy;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const outDir = await mkdtemp(join(tmpdir(), "memmon-page-"));
  const common = { mode: "mock", logLevel: "warn", build: { outDir } } as const;
  await build({ ...common, build: { ...common.build, emptyOutDir: true, minify: false, reportCompressedSize: false } });
  const server = await preview({
    ...common,
    preview: { host: "127.0.0.1", port: 0, headers: { "Content-Security-Policy": await memmondsPolicy() } },
  });
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error("the page's server has no address");
  project.provide("pageUrl", url);
  return async () => {
    await server.close();
    await rm(outDir, { recursive: true, force: true });
  };
}
