// SPDX-License-Identifier: Apache-2.0
//
// What the page says of processes, held against what the guest's kernel says of them; and what it
// says where something is missing: events, the database, the module.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { sum } from "./service.mjs";
import { test, until } from "./tap.mjs";

// More than there can be, which the kernel refuses.
const refusedLength = 64 * 2 ** 40;

/** Starts what these tests watch, before memmond is there. */
export async function startWatched(guest) {
  await guest.run(`start_known refused 65536 -65536 ${refusedLength}!`);
}

const kib = async (guest, pid, field) => 1024 * Number(await guest.run(`awk '/^${field}:/ { print $2 }' /proc/${pid}/status`));

/** Leads back to the dashboard, whatever is open. */
async function toDashboard(page) {
  await page.page.evaluate(() => (location.hash = "#/"));
  await page.byId("search-box").fill("");
  await page.byId("process-row").first().waitFor();
}

/** With `list`, the pid of known_list, and `ask`, which has it carry out its list. */
export async function testTruth(guest, page, { list, ask }) {
  await test("the header names the guest and its kernel", async () => {
    await page.shows("the host", page.byId("host-name"), new RegExp(`^${await guest.run("uname -n")}$`));
    const facts = await page.page.locator("header dl.facts").innerText();
    assert.ok(facts.includes(await guest.run("uname -r")), facts);
  });

  await test("a row's user, container and resident memory are those that the kernel tells", async () => {
    const pid = Number(await guest.run("echo $known_in_docker"));
    await page.byId("columns-button").click();
    await page.byId("column-list").locator("[data-column=container]").check();
    await page.page.keyboard.press("Escape");
    const row = await page.row(pid, "in_");
    await page.shows("its user", row.getByTestId("user-cell"), /^root$/);
    await page.shows("its container", row.getByTestId("container-cell"), /^docker-d{64}\.scope$/);
    await until("its resident memory", async () => (await page.bytes(row, "resident-cell")) === (await kib(guest, pid, "VmRSS")));
    await row.getByTestId("container-cell").click();
    const rows = page.byId("process-row");
    await until("its container alone", async () => (await rows.count()) === 1 && (await rows.getAttribute("data-pid")) === String(pid));
    await toDashboard(page);
  });

  await test("an address space's parts add up to its size, and its parent leads to the shell that began it", async () => {
    const row = await page.row(list, "known_list");
    await row.getByTestId("process-link").click();
    const parts = () => page.byId("map-part").evaluateAll((all) => all.map((part) => Number(part.dataset.bytes)));
    await until("the parts", async () => (await parts()).reduce((all, bytes) => all + bytes, 0) === (await kib(guest, list, "VmSize")));
    await page.shows("its parent", page.byId("process-parent"), new RegExp(`bash ${await guest.run("echo $$")}$`));
    await toDashboard(page);
  });

  await test("a refused request is in the log in words, and rings the alert that was set for it", async () => {
    const pid = await guest.run("echo $known_refused");
    await page.byId("alerts-button").click();
    await page.byId("alert-form").waitFor();
    await page.byId("alert-kind").selectOption("noMemory");
    await page.byId("alert-pattern").fill("refused");
    await page.byId("alert-add").click();
    await page.byId("alert-rule").waitFor();
    await page.page.keyboard.press("Escape");
    await page.byId("log-failed").click();
    await guest.run("ask_known refused");
    const row = page.page.locator(`[data-testid=log-row][data-pid="${pid}"]`).first();
    await row.waitFor();
    await page.shows("the call, how much, and why not", row, /mmap\s+64\.0\sTiB[\s\S]*ENOMEM/);
    await page.shows("a new alert", page.byId("alerts-count"), /^1$/);
    await page.byId("alerts-button").click();
    await page.byId("alarm").first().getByTestId("alarm-link").click();
    await page.shows("whose it is", page.byId("process-title"), new RegExp(`refused.* ${pid}$`));
    // All calls are shown there again: what was chosen is in the address.
    await toDashboard(page);
  });

  await test("a program that runs is in the log, and marked on the band", async () => {
    // What the program maps would push it out of sight.
    const kinds = page.byId("kind-filter");
    for (const kind of ["life", "mmap", "munmap", "mremap"]) await kinds.locator(`[data-kind=${kind}]`).click();
    await guest.run('cp /bin/true "$work/marked" && "$work/marked"');
    await until("its exec and exit", async () => {
      const calls = await page.page.locator("[data-testid=log-row]", { hasText: "marked" }).locator(".call").allInnerTexts();
      return calls.includes("exec") && calls.includes("exit");
    });
    await until("a mark", async () => Number(await page.byId("band-marks").getAttribute("data-count")) > 0);
    await toDashboard(page);
  });

  await test("a file says what the page shows: bytes, host and kernel", async () => {
    await page.row(list, "known_list");
    const [, held, vmKib] = (await ask()).split(" ").map(Number);
    const row = await page.row(list, "known_list");
    await until("held", async () => (await page.bytes(row, "held-cell")) === held);
    const coming = page.page.waitForEvent("download");
    await page.byId("table-export").getByTestId("export-button").click();
    await page.byId("table-export").locator("[data-format=json]").click();
    const saved = JSON.parse(await readFile(await (await coming).path(), "utf8"));
    const [told, ...others] = saved.processes;
    assert.deepEqual([told.pid, told.held_bytes, told.virtual_size_bytes, others.length], [list, held, vmKib * 1024, 0]);
    assert.deepEqual([saved.host, saved.kernel], [await guest.run("uname -n"), await guest.run("uname -r")]);
    await toDashboard(page);
  });
}

/** What is missing is said: events, while memmond stood still, and the database. `status`: memmond's. */
export async function testMissing(guest, page, { list, ask, status }) {
  await test("memmond stands still: the page says for how long, and afterwards how much was lost, and figures are right again", async () => {
    await guest.run("kill -STOP $memmond");
    await page.state("stale");
    await page.shows("for how long", page.byId("connection-state"), /\d/);
    await until("records found no room", async () => {
      await guest.run("ask_known burst 20000", { seconds: 600 });
      return Number(await guest.run("dropped")) > 0;
    });
    await guest.run("kill -CONT $memmond");
    await page.state("live");
    // A ring after another is read, and each may tell of more.
    await until("the loss is told, and how much", async () => {
      const lost = sum((await status()).cpus, "lostCount");
      return lost > 0 && (await page.byId("completeness").innerText()).includes(lost.toLocaleString("en-US"));
    });
    const burst = Number(await guest.run("echo $known_burst"));
    const row = await page.row(burst, "burst");
    await until("its size", async () => (await page.bytes(row, "vsize-cell")) === (await kib(guest, burst, "VmSize")));
    await page.byId("band-gap").first().waitFor({ state: "attached" });
    await page.byId("search-box").fill("");
  });

  await test("the database is killed: the page says so and goes on, until it is back", async () => {
    await guest.run("signal_database KILL");
    await page.byId("database-notice").waitFor();
    await page.state("live");
    const [, , vmKib] = (await ask()).split(" ").map(Number);
    const row = await page.row(list, "known_list");
    await until("virtual size", async () => (await page.bytes(row, "vsize-cell")) === vmKib * 1024);
    await guest.run("revive_database");
    await page.byId("database-notice").waitFor({ state: "detached" });
    await page.byId("search-box").fill("");
  });
}

/** Memmond is started without the module, `file`, which is loaded then. */
export async function testWithoutModule(guest, page, file) {
  await test("without the module: the page has the command that loads it, and goes on when that was done", async () => {
    await guest.run("kill -TERM $memmond && wait $memmond && rmmod memmon && start_memmond");
    await page.byId("source-notice").waitFor();
    // Memmond's words are for people, and the command is to be found in them.
    const told = await page.byId("source-problem").innerText();
    const command = await page.byId("source-notice").getByTestId("command").innerText();
    assert.match(command, /^(sudo modprobe memmon|make .*&& sudo insmod .*memmon\.ko)$/);
    assert.ok(told.includes(command), told);
    await guest.run(`insmod ${file}`);
    await page.state("live");
    await page.byId("source-notice").waitFor({ state: "detached" });
  });
}
