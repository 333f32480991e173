// SPDX-License-Identifier: Apache-2.0
//
// Programs in cgroups as container engines make and name them, one of them in a container
// that an OCI runtime made; and what memmond's clients tell of each: its own events, and no
// other's.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./guest.mjs";
import { call } from "./service.mjs";
import { test, until } from "./tap.mjs";

const ctl = join(root, "build/release/ctl/memmonctl");
const id = (digit) => digit.repeat(64);
const pod = "kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1a2b3c4d_0000.slice";

// What each engine's systemd driver makes, and docker's other one; and two that are no
// containers: the one that looks after podman's, and a plain directory.
const programs = [
  { name: "in_crun", id: id("a"), container: id("a") },
  { name: "in_docker", cgroup: `system.slice/docker-${id("d")}.scope`, container: `docker-${id("d")}.scope` },
  { name: "in_podman", cgroup: `machine.slice/libpod-${id("e")}.scope/container`, container: `libpod-${id("e")}.scope` },
  { name: "in_pod", cgroup: `${pod}/cri-containerd-${id("f")}.scope`, container: `cri-containerd-${id("f")}.scope` },
  { name: "in_conmon", cgroup: `machine.slice/libpod-conmon-${id("e")}.scope`, container: `libpod-conmon-${id("e")}.scope` },
  { name: "in_none", cgroup: "plain", container: "" },
];
const contained = programs.filter((program) => program.container);
const length = 3 << 20;

/** Starts them in the guest, each in its cgroup before its first request of `length`. */
export async function startContained(guest) {
  for (const { name, cgroup, id } of programs) {
    const requests = `${name} ${length} -${length}`;
    if (id) {
      await guest.run(`start_container ${id} ${requests}`);
    } else {
      await guest.run(`start_known ${requests}`);
      await guest.run(`enter_cgroup ${name} ${cgroup}`);
    }
  }
}

/** The tests, with the programs started, of the memmond whose gRPC is on `port`. */
export async function testContainers(guest, port) {
  const address = ["--address", `127.0.0.1:${port}`];
  const lines = (text) => text.split("\n").filter((line) => line);
  const ask = async (...words) => lines((await promisify(execFile)(ctl, [...address, ...words])).stdout);
  // The wanted one comes last: what the others did would have been told before.
  const askAll = async (last) => {
    for (const program of programs) if (program !== last) await guest.run(`ask_known ${program.name}`);
    await guest.run(`ask_known ${last.name}`);
  };
  const names = (list) => [...new Set(list.map((item) => item.processName ?? item.name))];

  await test("whoever follows a container is told of what is in it alone", async () => {
    for (const program of contained) {
      const follower = spawn(ctl, [...address, "events", "-f", "--json", "--container", program.container]);
      const events = [];
      createInterface({ input: follower.stdout }).on("line", (line) => events.push(JSON.parse(line)));
      try {
        await until(`events of ${program.name}`, async () => {
          await askAll(program);
          return events.filter((event) => event.kind === "EVENT_KIND_MUNMAP").length > 1;
        });
        assert.deepEqual(names(events), [program.name]);
        assert.ok(events.every((event) => Number(event.lengthBytes) === length));
      } finally {
        follower.kill();
      }
    }
  });

  await test("processes have their container's name, and are found by it and by its id", async () => {
    const { processes } = await call(port, "ListProcesses", { filter: { processNames: ["in_*"] } });
    const told = Object.fromEntries(processes.map((process) => [process.name, process.container]));
    assert.deepEqual(told, Object.fromEntries(programs.map(({ name, container }) => [name, container])));
    for (const { name, container } of contained) {
      assert.deepEqual(names((await ask("ps", "--json", "--container", container)).map((line) => JSON.parse(line))), [name]);
    }
    assert.deepEqual(names((await ask("ps", "--json", "--container", id("d").slice(0, 12))).map((line) => JSON.parse(line))), ["in_docker"]);
  });

  await test("what is stored is found by container", async () => {
    for (const { name, container } of contained) {
      const { events } = await until(`stored events of ${name}`, async () => {
        const page = await call(port, "ListEvents", { filter: { containers: [container] } });
        return page.events.length > 1 && page;
      });
      assert.deepEqual(names(events), [name]);
      const exported = (await ask("export", "--format", "json", "--since", "1h", "--container", container)).map((line) => JSON.parse(line));
      assert.ok(exported.length >= events.length);
      assert.deepEqual(names(exported), [name]);
    }
  });
}
