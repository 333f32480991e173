// SPDX-License-Identifier: Apache-2.0
//
// How many events a second go from the kernel into PostgreSQL, both CPUs asking,
// without one of them being lost on the way, with the buffers memmon begins with?
// Twice as many each time, until one is lost or the store falls behind.
//
//   steady.mjs KERNEL      MEMMON_FULL=1: a minute at each rate

import assert from "node:assert/strict";
import { Guest, freePort } from "../lib/guest.mjs";
import { done, test, until } from "../lib/tap.mjs";
import { call, sum } from "../lib/service.mjs";

const kernel = process.argv[2];
const seconds = process.env.MEMMON_FULL === "1" ? 60 : 4;
// Any machine does this much, also an emulated one that others use, too.
const least = 1000;
const names = ["steady1", "steady2"];
const grpcPort = await freePort();
const status = () => call(grpcPort, "GetStatus", {});

const guest = await Guest.boot({ kernel, forwards: [[grpcPort, 50051]] });
const store = (seen) => seen.hops.find((hop) => hop.name === "store");

/** Events the kernel recorded, and how many of them were lost anywhere before they had a row. */
function figures(seen) {
  return {
    hooked: sum(seen.cpus, "hookedCount"),
    lost: sum(seen.cpus, "droppedCount") + sum(seen.hops, "droppedCount") + Number(seen.service.missedCount) +
      Number(seen.database.lostCount),
  };
}

/** So many events a second: how many there were, how many are lost, and how many waited at the end. */
async function at(rate) {
  const before = figures(await status());
  // A pair is two events.
  const pairs = Math.round(rate / names.length / 2);
  const [one, other] = names.map((name) => `ask_known ${name} ${pairs * seconds} ${pairs}`);
  const answers = await guest.run(`${one} & ${other}; wait $!`, { seconds: 60 + 20 * seconds });
  const waiting = Number(store(await status()).waitingCount);
  const after = await until("all is stored", async () => {
    const seen = await status();
    return sum(seen.cpus, "pendingCount") === 0 && Number(store(seen).waitingCount) === 0 && figures(seen);
  }, { seconds: 60 + 10 * seconds });
  const took = Math.max(...answers.split("\n").map((line) => Number(line.split(" ")[3])));
  return {
    events: pairs * 2 * names.length * seconds,
    reached: Math.round((pairs * 2 * names.length * seconds * 1000) / took),
    hooked: after.hooked - before.hooked,
    lost: after.lost - before.lost,
    waiting,
  };
}

try {
  await guest.run("start_memmond");
  for (const name of names) await guest.run(`start_known ${name} 65536 -65536`);
  await until("the capture is live", async () => (await status()).source.state === "STATE_LIVE");

  await test(`${least} events a second are stored, and none is lost`, async () => {
    let best;
    let total = 0;
    // The guest is emulated: where the machine does something else as well, the first rate has
    // three chances to be there at all.
    let chances = 3;
    for (let rate = least; ; ) {
      const got = await at(rate);
      total += got.events;
      console.log(`# ${rate}/s asked for, ${got.reached}/s there: ${got.lost} lost, ${got.waiting} waited at the end`);
      assert.ok(got.hooked >= got.events, "all of them were hooked");
      const keepsUp = got.lost === 0 && got.waiting <= got.reached && got.reached >= 0.9 * rate;
      if (keepsUp) {
        best = rate;
        rate *= 2;
      } else if (best !== undefined || got.lost > 0 || --chances === 0) {
        break;
      }
    }
    assert.ok(best >= least, `at ${least}/s`);
    console.log(`# ${best} events a second, for ${seconds} s: none lost`);
    const rows = Number(await guest.run("sql \"select count(*) from memmon.event where process_name like 'steady%' and kind in (16, 17)\""));
    const lost = figures(await status()).lost;
    assert.ok(rows <= total && rows >= total - lost, `${rows} rows of ${total} events, ${lost} lost`);
  });
} finally {
  const ended = await guest.stop();
  await test("the guest's kernel had nothing to complain of", async () => assert.equal(ended, 0, guest.log()));
  done();
}
