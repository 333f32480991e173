// SPDX-License-Identifier: Apache-2.0
//
// A memmond that plays a recording, and programs that ask it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
export const buf = join(root, "webui/node_modules/.bin/buf");
export const program = process.env.MEMMOND ?? join(root, "build/release/service/memmond");
/** With ASan (tests/sanitizers/watch) it keeps what was freed for a while; what never was, is reported when it ends. */
export const keepsFreed = process.env.ASAN_OPTIONS !== undefined;

/** Runs `command` until it ends, or until its output matches `enough`: { out, error, status }. */
export async function run(command, args, enough) {
  const child = spawn(command, args, { cwd: root, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close");
  // npm's buf is a script that waits for the real one: both are ended.
  const end = () => {
    try {
      process.kill(-child.pid, "SIGTERM");
    } catch {
      // They have ended by themselves.
    }
  };
  let out = "";
  let error = "";
  child.stderr.on("data", (chunk) => (error += chunk));
  child.stdout.on("data", (chunk) => {
    out += chunk;
    if (enough?.test(out)) end();
  });
  const limit = setTimeout(end, 300_000);
  const [status] = await closed;
  clearTimeout(limit);
  return { out, error, status };
}

/** memmond with `flags`, which it is expected to refuse: { error, status }. */
export async function refusedMemmond(flags) {
  return run(program, flags);
}

/**
 * memmond on free ports of the loopback: { grpc, web } are its addresses, without a scheme. It plays
 * slowly, so that events go on coming while clients start; with speed 0 as fast as it can. With
 * `source`, it looks at that instead; `command` is what starts it.
 */
export async function startMemmond(
  flags = [],
  {
    speed = 0.05,
    recording = join(root, "tests/data/boot-6.1.trace"),
    source = ["--replay", recording, "--replay-speed", String(speed)],
    command: [command, ...before] = [program],
  } = {},
) {
  const ports = ["--grpc-address", "127.0.0.1:0", "--web-address", "127.0.0.1:0"];
  const child = spawn(command, [...before, ...source, ...ports, ...flags], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = once(child, "exit");
  // Whatever ends the tests, it is not left behind.
  process.once("exit", () => child.kill("SIGKILL"));
  const memmond = { pid: child.pid, log: "", grpc: "", web: "" };
  await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`memmond ended: ${memmond.log}`)));
    child.stderr.on("data", (chunk) => {
      memmond.log += chunk;
      memmond.grpc = /service=grpc address=(\S+)/.exec(memmond.log)?.[1] ?? "";
      memmond.web = /service=web address=(\S+)/.exec(memmond.log)?.[1] ?? "";
      if (memmond.grpc && memmond.web) resolve();
    });
  });
  /** Ends it, and tells its exit status. */
  memmond.stop = async () => {
    child.kill("SIGTERM");
    return (await ended)[0];
  };
  return memmond;
}

/** curl's answer: { status, headers, body }. */
export async function curl(url, ...args) {
  const { out, error, status } = await run("curl", ["--silent", "--show-error", "--include", "--path-as-is", ...args, url]);
  if (status !== 0) throw new Error(`curl ${url}: status ${status}: ${error}`);
  // Interim answers (100 Continue) come before the one that counts.
  let rest = out;
  let head;
  do {
    const end = rest.indexOf("\r\n\r\n");
    head = rest.slice(0, end);
    rest = rest.slice(end + 4);
  } while (/^HTTP\/\S+ 1\d\d/.test(head));
  const headers = new Map(head.split("\r\n").slice(1).map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
  return { status: Number(/^HTTP\/\S+ (\d+)/.exec(head)[1]), headers, body: rest };
}
