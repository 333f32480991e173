// SPDX-License-Identifier: Apache-2.0
//
// Clients that read a memmond's events for as long as it takes, and begin anew where it
// ends: one over gRPC, which may be told to stop reading, and one over gRPC-Web.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "./guest.mjs";
import { service } from "./service.mjs";

const pauseMs = 200;

/** memmonctl, following events. */
export class GrpcReader {
  #child;
  #open = true;
  bytes = 0;

  constructor(port) {
    this.#read(port);
  }

  #read(port) {
    if (!this.#open) return;
    const command = [join(root, "build/release/ctl/memmonctl"), "--address", `127.0.0.1:${port}`, "events", "-f", "--json"];
    this.#child = spawn(command[0], command.slice(1), { stdio: ["ignore", "pipe", "ignore"] });
    this.#child.stdout.on("data", (data) => (this.bytes += data.length));
    this.#child.once("close", () => setTimeout(() => this.#read(port), pauseMs));
  }

  /** Reads no more, the connection open, until `resume`. */
  stall() {
    this.#child.kill("SIGSTOP");
  }

  resume() {
    this.#child.kill("SIGCONT");
  }

  close() {
    this.#open = false;
    this.#child.kill("SIGKILL");
  }
}

/** What the page's stream is, without the page. */
export class WebReader {
  #abort = new AbortController();
  bytes = 0;
  ended;

  constructor(port) {
    this.ended = this.#read(`http://127.0.0.1:${port}/${service}/StreamEvents`);
  }

  async #read(url) {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        // An empty message: no flags, and no bytes.
        const answer = await fetch(url, {
          method: "POST",
          headers: { "content-type": "application/grpc-web+proto" },
          body: new Uint8Array(5),
          signal,
        });
        for await (const data of answer.body) this.bytes += data.length;
      } catch {
        // It was killed, or is not there yet.
      }
      await sleep(pauseMs);
    }
  }

  async close() {
    this.#abort.abort();
    await this.ended;
  }
}
