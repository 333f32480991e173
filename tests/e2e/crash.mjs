// SPDX-License-Identifier: Apache-2.0
//
// The machine goes, not only memmond: what the spool had made to outlive it is there
// at the next boot, and stored once.
//
//   crash.mjs KERNEL
//
// QEMU is killed, and with it what the guest's kernel had in memory; the disk is what a
// real one would be, but for its own cache.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Guest, freePort, root } from "./lib/guest.mjs";
import { call } from "./lib/service.mjs";
import { done, test, until } from "./lib/tap.mjs";

const kernel = process.argv[2];
const spool = "/mnt/disk/spool";
mkdirSync(join(root, "var/vm"), { recursive: true });
const directory = mkdtempSync(join(root, "var/vm/crash-"));
const boot = (grpcPort) => Guest.boot({ kernel, forwards: [[grpcPort, 50051]], disk: join(directory, "disk") });
const count = (from) => Number(from ?? 0);
const spooled = (seen) => seen.hops.find((hop) => hop.name === "spool");
const byCpu = (lines) => lines.split("\n").map((line) => line.split(" ").map(Number));
let guest;

/** What is asked of a guest's memmond until its machine is gone: numbers of each CPU that have to be stored. */
async function fillAndCrash() {
  const grpcPort = await freePort();
  const status = () => call(grpcPort, "GetStatus", {});
  guest = await boot(grpcPort);
  // Nobody is there: all that comes goes to disk.
  await guest.run("database='host=/nowhere user=memmon dbname=memmon'; trace_syncs");
  await guest.run(`start_memmond --spool-dir ${spool}`);
  await until("the capture is live", async () => (await status()).source.state === "STATE_LIVE");
  await guest.run("start_load 100");
  await until("events go to disk", async () => count(spooled(await status()).inCount) > 2000);
  const received = (await status()).cpus.map((cpu) => [cpu.cpu, count(cpu.receivedCount)]);
  const handedOn = count((await status()).hops.find((hop) => hop.name === "store").inCount);
  await until("they are in its files", async () => count(spooled(await status()).inCount) >= handedOn);
  // One may have begun before, so the second is theirs.
  const before = count(await guest.run("syncs"));
  await until("two more syncs", async () => count(await guest.run("syncs")) >= before + 2);
  await guest.crash();
  return received;
}

try {
  let received;
  await test("a machine goes while its spool is written", async () => {
    received = await fillAndCrash();
    assert.ok(received.reduce((sum, [, numbers]) => sum + numbers, 0) > 2000, JSON.stringify(received));
  });

  await test("at the next boot all that was synced is stored once, and the torn end is cut", async () => {
    const grpcPort = await freePort();
    guest = await boot(grpcPort);
    // A file system may leave what was never written, as zeros, behind what was.
    await guest.run(`tear ${spool}`);
    await guest.run(`start_memmond --spool-dir ${spool}`);
    await until("all is stored", async () => {
      const seen = await call(grpcPort, "GetStatus", {});
      return seen.database.state === "STATE_CONNECTED" && count(spooled(seen).waitingCount) === 0 && seen.source.state === "STATE_LIVE";
    }, { seconds: 600 });
    await guest.run("stop_memmond");
    assert.match(await guest.run("grep spool_ $work/memmond.log"), /spool_cut/);
    const rows = byCpu(await guest.run("told"));
    const starts = [...new Set(rows.map(([, , , , , , , , row]) => row))].sort((a, b) => a - b);
    assert.equal(starts.length, 2, "a capture of each boot");
    for (const [, , cpu, , missing, twice, , , row] of rows) {
      assert.deepEqual([missing, twice], [0, 0], `capture ${row}, CPU ${cpu}: not told, told twice`);
    }
    const old = rows.filter(([, , , , , , , , row]) => row === starts[0]);
    for (const [cpu, numbers] of received) {
      const next = old.find(([, , of]) => of === cpu)?.[3] ?? 0;
      console.log(`# CPU ${cpu}: ${numbers} had been synced, ${next} are told`);
      assert.ok(next >= numbers, `CPU ${cpu}: ${next} of ${numbers}`);
    }
    assert.equal(await guest.run(`ls ${spool} | grep -c events$; true`), "0", "nothing is left in the spool");
  });
} finally {
  const ended = await guest?.stop();
  await test("the guest's kernel had nothing to complain of", async () => assert.equal(ended, 0, guest?.log()));
  rmSync(directory, { recursive: true, force: true });
  done();
}
