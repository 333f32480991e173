// SPDX-License-Identifier: Apache-2.0
//
// The whole path: a real kernel, the module, memmond, PostgreSQL, gRPC-Web, a
// real browser. Processes with known requests run in a guest; the page on the
// host has to show exactly what follows from them.
//
//   live.mjs KERNEL

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { startContained, testContainers } from "./lib/containers.mjs";
import { Guest, freePort, root } from "./lib/guest.mjs";
import { Dashboard, openBrowser } from "./lib/page.mjs";
import { startWatched, testMissing, testTruth, testWithoutModule } from "./lib/page_truth.mjs";
import { buf, call, service, sum } from "./lib/service.mjs";
import { done, test, until } from "./lib/tap.mjs";

const kernel = process.argv[2];
const webPort = await freePort();
const grpcPort = await freePort();
const url = `http://127.0.0.1:${webPort}/`;
const base = (protocol) => `http://127.0.0.1:${protocol === "grpc" ? grpcPort : webPort}`;

/** All stored events a filter lets through, newest first, page by page. */
async function stored(filter) {
  const events = [];
  let pageToken = "";
  do {
    const page = await call(grpcPort, "ListEvents", { pageSize: 40, filter, pageToken });
    events.push(...page.events);
    pageToken = page.nextPageToken;
  } while (pageToken);
  return events;
}

const status = () => call(grpcPort, "GetStatus", {});

const KiB = 1024;
const MiB = 1024 * KiB;
// Maps 3 MiB, 64 KiB, an odd length and 8 MiB; gives 64 KiB back.
const list = [3 * MiB, 64 * KiB, 1000, 8 * MiB, -64 * KiB];
const others = 14;
// What the n-th of the others asks for: the greatest exceed whatever else runs in the guest.
const size = (n) => n * 64 * MiB;

let rounds = 0;

/** Has known_list carry out its list; its answer. Keeps count of the rounds. */
async function askList(times = 1) {
  rounds += times;
  return guest.run(`ask_known known_list ${times}`);
}

const guest = await Guest.boot({
  kernel,
  forwards: [
    [webPort, 8080],
    [grpcPort, 50051],
  ],
});
const browser = await openBrowser();

try {
  // They are there before the capture begins: what the dynamic loader maps is no part of their list.
  await guest.run(`start_known known_list ${list.join(" ")}`);
  for (let i = 1; i <= others; i++) await guest.run(`start_known other${i} ${size(i)}`);
  await startContained(guest);
  await startWatched(guest);
  await guest.run("start_memmond");
  await until("memmond serves", async () => (await fetch(`${url}healthz`)).ok);
  await until("the capture is live", async () => (await status()).source.state === "STATE_LIVE");

  const page = await Dashboard.open(browser.context, url);
  let pid;

  await test("the page shows exactly what follows from a known list of requests", async () => {
    await page.state("live");
    const [id, held, vmKib] = (await askList(3)).split(" ").map(Number);
    pid = id;
    assert.equal(held, 3 * (3 * MiB + 4 * KiB + 8 * MiB));
    const row = await page.row(pid, "known_list");
    await until("held", async () => (await page.bytes(row, "held-cell")) === held);
    await until("virtual size", async () => (await page.bytes(row, "vsize-cell")) === vmKib * KiB);
  });

  await test("a process's own page shows the same, and its address leads there", async () => {
    try {
      const row = await page.row(pid, "known_list");
      await row.getByTestId("process-link").click();
      await page.shows("its name", page.byId("process-title"), new RegExp(`known_list.* ${pid}$`));
      const address = page.page.url();
      // Asked for while the page looks: sizes fall into powers of two, to the last call.
      const [, held, vmKib] = (await askList(2)).split(" ").map(Number);
      const own = async (id) => Number(await page.byId(id).getAttribute("data-bytes"));
      await until("held", async () => (await own("process-held")) === held);
      await until("virtual size", async () => (await own("process-vsize")) === vmKib * KiB);
      const seen = (bytes) => page.byId("sizes").locator(`[data-exponent="${Math.floor(Math.log2(bytes))}"]`).getAttribute("data-done");
      for (const bytes of [3 * MiB, 64 * KiB, 1000, 8 * MiB]) {
        await until(`requests of ${bytes} bytes`, async () => Number(await seen(bytes)) === rounds);
      }
      await page.shows("why they differ", page.byId("why"), /before the capture/);
      await page.shot(`process-${kernel}`);
      const other = await Dashboard.open(browser.context, address);
      await other.shows("the same process", other.byId("process-title"), new RegExp(`known_list.* ${pid}$`));
      assert.deepEqual(other.errors, []);
      await other.page.close();
    } finally {
      // The tests that follow are about the dashboard.
      await page.page.evaluate(() => (location.hash = "#/"));
      await page.byId("process-row").first().waitFor();
    }
  });

  await test("more than ten processes give ten slices and others", async () => {
    await page.byId("search-box").fill("");
    for (let i = 1; i <= others; i++) await guest.run(`ask_known other${i}`);
    const rows = page.byId("pie-table-row");
    await until("eleven rows", async () => (await rows.count()) === 11);
    await page.shot(`live-${kernel}`);
    await page.shows("the greatest is first", rows.first(), new RegExp(`other${others}`));
    assert.match(await rows.last().innerText(), /others/i);
    const summary = await call(grpcPort, "GetSummary", {});
    assert.equal(summary.slices.length, 10);
    assert.equal(summary.slices[0].name, `other${others}`);
    assert.equal(Number(summary.slices[0].bytes), size(others));
    assert.equal(sum(summary.slices, "bytes") + Number(summary.others.bytes), Number(summary.totalBytes));
  });

  await test("Spanish and back", async () => {
    await page.byId("language-switch").click();
    await page.shows("otros", page.byId("pie-table-row").last(), /otros/i);
    assert.equal(await page.page.evaluate(() => document.documentElement.lang), "es");
    await page.shot(`live-es-${kernel}`);
    await page.byId("language-switch").click();
    await page.shows("others", page.byId("pie-table-row").last(), /others/i);
  });

  await test("pause holds the log still and counts what is new", async () => {
    await askList();
    await page.byId("log-row").first().waitFor();
    await page.byId("pause-button").click();
    const first = await page.byId("log-row").first().innerText();
    await askList(5);
    await page.shows("new ones are counted", page.byId("new-count"), /\d/);
    assert.equal(await page.byId("log-row").first().innerText(), first);
    await page.byId("pause-button").click();
    await until("the log goes on", async () => (await page.byId("log-row").first().innerText()) !== first);
  });

  await test("events stream over gRPC, found by reflection, and over gRPC-Web", async () => {
    const request = { filter: { processNames: ["known_l*"], kinds: ["EVENT_KIND_MMAP"] } };
    for (const protocol of ["grpc", "grpcweb"]) {
      // Over gRPC-Web there is no reflection: it needs a stream in both directions.
      const how = protocol === "grpc" ? ["--http2-prior-knowledge"] : ["--schema", join(root, "proto")];
      const stream = spawn(
        buf,
        ["curl", "--protocol", protocol, ...how, "-d", JSON.stringify(request), `${base(protocol)}/${service}/StreamEvents`],
        { detached: true },
      );
      let text = "";
      stream.stdout.on("data", (data) => (text += data));
      try {
        await until(`${protocol} events`, async () => {
          await askList();
          return text.includes('"known_list"') && text.includes('"EVENT_KIND_MMAP"');
        });
        assert.ok(!text.includes("MUNMAP"), "the filter let a munmap through");
      } finally {
        // npm's buf is a script that waits for the real one: end both.
        process.kill(-stream.pid, "SIGTERM");
      }
    }
  });

  await test("a burst is conserved at every hop, and stored to the last row", async () => {
    await guest.run("start_known burst 65536 -65536 && start_known burst2 65536 -65536");
    const times = Number(process.env.MEMMON_BURST ?? 20000);
    await guest.run(`(ask_known burst ${times} & ask_known burst2 ${times}; wait $!)`, { seconds: 600 });
    const now = await until("everything has arrived and is stored", async () => {
      const seen = await status();
      const store = seen.hops.find((hop) => hop.name === "store");
      return sum(seen.cpus, "pendingCount") === 0 && Number(store.waitingCount) === 0 && seen;
    }, { seconds: 600 });
    for (const cpu of now.cpus) {
      assert.equal(
        Number(cpu.hookedCount),
        sum([cpu], "deliveredCount") + sum([cpu], "droppedCount") + sum([cpu], "filteredCount") + sum([cpu], "pendingCount"),
      );
      assert.equal(Number(cpu.unexplainedCount), 0);
    }
    for (const hop of now.hops) {
      assert.equal(Number(hop.inCount), Number(hop.outCount) + Number(hop.droppedCount) + Number(hop.waitingCount), hop.name);
    }
    assert.ok(sum(now.cpus, "hookedCount") >= 4 * times, "the burst was hooked");
    assert.equal(Number(now.database.lostCount), 0);
    // Every number of every CPU has its row, or is counted by a LOST row.
    const perCpu = await guest.run(
      "sql 'select cpu, count(*) filter (where kind <> 2) + coalesce(sum(lost_count), 0), max(sequence + coalesce(lost_count, 1)) from memmon.event where cpu >= 0 group by cpu'",
    );
    for (const line of perCpu.split("\n")) {
      const [cpu, told, next] = line.split("|");
      assert.equal(told, next, `cpu ${cpu}`);
    }
    const lost = sum(now.cpus, "lostCount");
    const rows = Number(await guest.run("sql \"select count(*) from memmon.event where process_name like 'burst%' and kind in (16, 17)\""));
    assert.ok(rows <= 4 * times && rows >= 4 * times - lost, `${rows} rows of the burst, ${lost} lost`);
  });

  await test("stored events come back in pages", async () => {
    await askList(10);
    const filter = { pids: [pid], kinds: ["EVENT_KIND_MMAP", "EVENT_KIND_MUNMAP"] };
    const all = rounds * list.length;
    const events = await until(`${all} stored events`, async () => {
      const got = await stored(filter);
      return got.length >= all && got;
    });
    assert.equal(events.length, all);
    assert.ok(events.every((event) => event.pid === pid));
    assert.equal(new Set(events.map((event) => `${event.cpu} ${event.sequence}`)).size, events.length, "a row twice");
    assert.ok(events.every((event, i) => i === 0 || Date.parse(event.eventTime) <= Date.parse(events[i - 1].eventTime)), "newest first");
    const logs = await (await fetch(`${url}api/memorylogs`)).json();
    const records = Array.isArray(logs) ? logs : logs.records;
    assert.ok(records.length > 0 && records.length <= 100);
    assert.ok(["mmap", "munmap"].includes(records[0].call_type));
  });

  await testContainers(guest, grpcPort);
  // What the page makes of what it is told is the same on every kernel.
  const thorough = kernel === "6.1";
  if (thorough) {
    await testTruth(guest, page, { list: pid, ask: askList });
    await testMissing(guest, page, { list: pid, ask: askList, status });
  }

  await test("memmond killed: the page says so, and recovers with what was chosen", async () => {
    await page.row(pid, "known_list");
    await guest.run("kill -9 $memmond; wait $memmond; true");
    await page.state("reconnecting");
    await page.shot(`reconnecting-${kernel}`);
    await guest.run("start_memmond");
    await page.state("live");
    assert.equal(await page.byId("search-box").inputValue(), "known_list");
    const [, , vmKib] = (await askList()).split(" ").map(Number);
    const row = await page.row(pid, "known_list");
    await until("virtual size", async () => (await page.bytes(row, "vsize-cell")) === vmKib * KiB);
  });

  if (thorough) await testWithoutModule(guest, page, `build/kmod/${kernel}/memmon.ko`);

  await test("a stop in the middle of a burst stores all that was accepted", async () => {
    await guest.run("ask_known burst 3000 > /dev/null & true");
    await until("the burst is on", async () => sum((await status()).cpus, "hookedCount") > 1000);
    await guest.run("kill -TERM $memmond && wait $memmond");
    // What the module says it handed over in this capture, its baseline aside, is there.
    const delivered = Number(await guest.run("awk '/^[0-9]/ { n += $3 } END { print n }' /proc/memmon"));
    const rows = Number(
      await guest.run(
        "sql 'select count(*) from memmon.event where cpu >= 0 and kind <> 2 and capture_row = (select max(capture_row) from memmon.capture)'",
      ),
    );
    assert.ok(delivered > 1000);
    assert.equal(rows, delivered);
  });

  await test("the page met no script error", async () => assert.deepEqual(page.errors, []));
} finally {
  await browser.close();
  const ended = await guest.stop();
  await test("the guest's kernel had nothing to complain of", async () => assert.equal(ended, 0, guest.log()));
  done();
}
