// SPDX-License-Identifier: Apache-2.0
//
// A guest that runs a shell we drive: commands go in over standard input,
// output and exit status come back.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";
import net from "node:net";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");

/** A port of the loopback that was free a moment ago. */
export async function freePort() {
  const server = net.createServer();
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class Guest {
  #child;
  #lines = [];
  #waiting = null;
  #ended;
  #log = [];

  /** Boots; `forwards` are [host port, guest port] pairs, `timeout` in seconds. Ends with stop(). */
  static async boot({ kernel, forwards = [], memory = "2G", timeout = 3000, disk }) {
    const guest = new Guest();
    const args = ["--kernel", kernel, "--module", "--smp", "2", "--mem", memory, "--timeout", String(timeout)];
    if (disk) args.push("--disk", disk);
    for (const [host, port] of forwards) args.push("--forward", `${host}:${port}`);
    args.push("--", "bash", "tests/e2e/guest.sh");
    guest.#child = spawn(join(root, "scripts/vm"), args, { cwd: root, stdio: ["pipe", "pipe", "pipe"] });
    guest.#ended = new Promise((resolve) => guest.#child.once("close", resolve));
    createInterface({ input: guest.#child.stdout }).on("line", (line) => guest.#take(line));
    createInterface({ input: guest.#child.stderr }).on("line", (line) => guest.#note(line));
    guest.#ended.then((status) => guest.#waiting?.reject(new Error(`the guest ended (${status}):\n${guest.log()}`)));
    // Whatever ends the tests, no guest is left behind.
    process.once("exit", () => guest.#child.kill("SIGTERM"));
    await guest.#answer("boot", 900);
    return guest;
  }

  /** Runs `command` in the guest's shell; its output. Throws when it fails. */
  async run(command, { seconds = 600 } = {}) {
    this.#child.stdin.write(`${command.replaceAll("\n", "; ")}\n`);
    const { status, output } = await this.#answer(command, seconds);
    if (status !== 0) throw new Error(`in the guest, "${command}" gave ${status}:\n${output}`);
    return output;
  }

  /** Ends the guest; its exit status: not 0 when the kernel complained. memmond alone may take a minute. */
  async stop() {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill("SIGTERM"), 300_000);
    const status = await this.#ended;
    clearTimeout(timer);
    return status;
  }

  /** The machine goes at once, as with its power: what its kernel had not written to a disk is gone. */
  async crash() {
    const of = (pid, file) => readFileSync(`/proc/${pid}/${file}`, "utf8").trim();
    const vm = this.#child.pid;
    const children = of(vm, `task/${vm}/children`).split(" ");
    process.kill(Number(children.find((pid) => of(pid, "comm").startsWith("qemu"))), "SIGKILL");
    await this.#ended;
  }

  log() {
    return this.#log.slice(-60).join("\n");
  }

  #note(line) {
    this.#log.push(line);
    if (process.env.MEMMON_VERBOSE) console.log(`# ${line}`);
  }

  #take(line) {
    const mark = /^@done (\d+)$/.exec(line);
    if (!mark) {
      this.#note(line);
      this.#lines.push(line);
      return;
    }
    const output = this.#lines.join("\n");
    this.#lines = [];
    this.#waiting?.resolve({ status: Number(mark[1]), output });
  }

  #answer(what, seconds) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`the guest did not answer "${what}" in ${seconds} s:\n${this.log()}`)),
        seconds * 1000,
      );
      const settle = (then) => (value) => {
        clearTimeout(timer);
        this.#waiting = null;
        then(value);
      };
      this.#waiting = { resolve: settle(resolve), reject: settle(reject) };
    });
  }
}
