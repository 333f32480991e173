// SPDX-License-Identifier: Apache-2.0
//
// The page in headless Chromium, before a memmond that plays recordings:
//
//   busy    100,000 events a second of 10,000 processes, while somebody watches and while
//           the table is scrolled all the time: the main thread's busy share and what
//           for, its longest task, and frames
//   heap    eight hours' worth of events in two minutes, one tab that looks all the
//           time and one that is hidden and shown: what is left after a collection,
//           and without what V8 has compiled
//   tabs    seven tabs at once: how many are live
//   pixel   from an event's time until the frame that shows it is drawn, at 50 a second
//
//   web_page.mjs FOLDER [busy|heap|tabs|pixel]...   FOLDER: where the programs are
//
// Times of tasks are the thread's own (what it had of a processor); frames are of
// the wall's clock, so they also tell what else the machine does: its load is printed.
// MEMMON_WEB_ROOT names another build of the page, to hold two against each other.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium, flags } from "../e2e/lib/page.mjs";
import { until } from "../e2e/lib/tap.mjs";
import { startMemmond } from "../integration/lib/memmond.mjs";

const [folder, ...chosen] = process.argv.slice(2);
const directory = mkdtempSync(join(tmpdir(), "memmon-web-bench-"));
const load = () => loadavg()[0].toFixed(1);

/** Memmond playing a host of so many processes and events a second. */
async function play({ processes, rate, seconds, speed }) {
  const file = join(directory, "trace");
  execFileSync(join(folder, "memmon_bench_recording"), [file, processes, rate, seconds].map(String));
  return startMemmond([], { speed, recording: file });
}

/** Runs `body` with a browser and that memmond. */
async function withPage(recording, body) {
  const memmond = await play(recording);
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: flags });
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: "en-US" });
    const open = async () => {
      const page = await context.newPage();
      await page.goto(`http://${memmond.web}/`);
      await page.getByTestId("process-row").first().waitFor({ timeout: 60_000 });
      return page;
    };
    await body({ browser, context, open, url: `http://${memmond.web}/` });
  } finally {
    await browser.close();
    await memmond.stop();
    rmSync(join(directory, "trace"));
  }
}

const quantile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
const print = (name, value, unit) => console.log(`${name.padEnd(34)} ${String(value).padStart(10)} ${unit}`);

const told = (value, digits) => value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false });
/** As print, of a figure that is to be `limit` at most, or at least (scripts/lib/goals.sh counts these words). */
function atMost(name, value, limit, unit, digits = 0) {
  print(name, told(value, digits), `${unit} (goal: at most ${limit}, ${value <= limit ? "" : "not "}met)`);
}
function atLeast(name, value, limit, unit) {
  print(name, told(value, 0), `${unit} (goal: at least ${limit}, ${value >= limit ? "" : "not "}met)`);
}

/** Events that memmond has read, as the page tells it. */
const eventCount = async (page) => Number((await page.getByTestId("event-count").innerText()).replaceAll(",", ""));

/** Scrolls the table a little each frame for `ms`: how long each frame took, ms. */
function scroll(ms) {
  const body = document.querySelector("[data-testid=process-row]").closest(".scroll");
  return new Promise((resolve) => {
    const took = [];
    const began = performance.now();
    let before = began;
    let step = 90;
    requestAnimationFrame(function next(now) {
      took.push(now - before);
      before = now;
      if (now - began > ms) return resolve(took.slice(1));
      if (body.scrollTop + body.clientHeight >= body.scrollHeight - 1) step = -90;
      else if (body.scrollTop <= 0) step = 90;
      body.scrollTop += step;
      requestAnimationFrame(next);
    });
  });
}

/** What of a trace is the main thread's, of the page that marked it with "bench". */
function mainThread(trace) {
  const marked = trace.find(({ name, cat }) => name === "bench" && cat?.includes("blink.user_timing"));
  return trace.filter(({ ph, pid, tid }) => ph === "X" && pid === marked.pid && tid === marked.tid);
}

/** Nested ones are parts of those around them. */
function outermost(events) {
  return events.sort((a, b) => a.ts - b.ts || b.dur - a.dur).reduce((kept, event) => {
    const last = kept.at(-1);
    if (last === undefined || event.ts >= last.ts + last.dur) kept.push(event);
    return kept;
  }, []);
}

/** The thread's own time of each, ms. */
const ownTimes = (events) => events.map(({ tdur = 0 }) => tdur / 1_000);
const sum = (values) => values.reduce((all, value) => all + value, 0);

/** What the browser's own work in the page is called in a trace. */
const parts = [
  ["style and layout", /^(UpdateLayoutTree|Layout)$/],
  ["painting", /^(PrePaint|Paint|Layerize|Commit|UpdateLayer)$/],
  ["collecting garbage", /^(MinorGC|MajorGC|V8\.GC.*)$/],
];

/** How busy the page is for 15 s. Only who scrolls asks for frames: to ask for each costs more than to watch. */
async function busyWhile(how, { browser, page }) {
  const seconds = 15;
  const watched = how === "watched";
  const file = join(directory, "trace.json");
  await browser.startTracing(page, { path: file, categories: ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel", "blink.user_timing"] });
  await page.evaluate(() => performance.mark("bench"));
  const [before, began] = [await eventCount(page), Date.now()];
  const frames = watched ? await sleep(seconds * 1_000, []) : await page.evaluate(scroll, seconds * 1_000);
  const [after, passed] = [await eventCount(page), (Date.now() - began) / 1_000];
  await browser.stopTracing();
  const main = mainThread(JSON.parse(readFileSync(file, "utf8")).traceEvents);
  const tasks = outermost(main.filter(({ name }) => /RunTask$/.test(name)));
  const own = ownTimes(tasks).sort((a, b) => a - b);
  const span = (tasks.at(-1).ts - tasks[0].ts) / 1_000;
  const share = (times) => (sum(times) / span) * 100;
  console.log(`== 100,000 events/s, 10,000 processes, ${how} (load ${load()})`);
  // Else the page had less to do than is said.
  atLeast("events that memmond read", (after - before) / passed, 95_000, "/s");
  print("stream to the page", (await page.getByTestId("completeness").innerText()).replaceAll("\n", " "), "");
  atMost("main thread busy", share(own), 30, "%", 1);
  for (const [name, events] of parts) print(`  ${name}`, told(share(ownTimes(outermost(main.filter((event) => events.test(event.name))))), 1), "%");
  atMost("longest task, its own time", own.at(-1) ?? 0, 50, "ms", 1);
  print("tasks over 50 ms, own time", own.filter((ms) => ms > 50).length, `of ${own.length}`);
  print("frames", main.filter(({ name }) => name === "Commit").length, `in ${seconds} s`);
  if (watched) return;
  frames.sort((a, b) => a - b);
  atMost("frame, half of them", quantile(frames, 0.5), 17, "ms", 1);
  print("frame, 99 of 100", told(quantile(frames, 0.99), 1), "ms");
  atMost("longest frame", frames.at(-1) ?? 0, 50, "ms", 1);
}

async function busy() {
  await withPage({ processes: 10_000, rate: 100_000, seconds: 75, speed: 1 }, async ({ browser, open }) => {
    const page = await open();
    await sleep(3_000);
    await busyWhile("watched", { browser, page });
    await busyWhile("scrolled all the time", { browser, page });
  });
}

/** What is left after a collection, MiB: the least of ten, since some of what comes is always on its way. */
async function heapOf(session) {
  const sizes = [];
  for (let i = 0; i < 10; i++) {
    await session.send("HeapProfiler.collectGarbage");
    sizes.push((await session.send("Runtime.getHeapUsage")).usedSize);
  }
  return Math.min(...sizes) / 2 ** 20;
}

/** Of it what V8 has compiled, MiB: it goes on to compile for as long as something runs often, and drops what no longer does. */
async function codeOf(session) {
  let text = "";
  const add = ({ chunk }) => (text += chunk);
  session.on("HeapProfiler.addHeapSnapshotChunk", add);
  await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  session.off("HeapProfiler.addHeapSnapshotChunk", add);
  const { snapshot, nodes } = JSON.parse(text);
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, size] = [fields.indexOf("type"), fields.indexOf("self_size")];
  const code = types[type].indexOf("code");
  let bytes = 0;
  for (let node = 0; node < nodes.length; node += fields.length) if (nodes[node + type] === code) bytes += nodes[node + size];
  return bytes / 2 ** 20;
}

/** As the browser does when the tab is left, and come back to. */
function setHidden(page, hidden) {
  return page.evaluate((now) => {
    Object.defineProperty(document, "hidden", { value: now, configurable: true });
    Object.defineProperty(document, "visibilityState", { value: now ? "hidden" : "visible", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}

async function heap() {
  const [hours, seconds, rate] = [8, 120, 100];
  const tenthCount = (hours * 3_600 * rate) / 10;
  await withPage({ processes: 1_000, rate, seconds: hours * 3_600, speed: (hours * 3_600) / seconds }, async ({ context, open }) => {
    const pages = [await open(), await open()];
    const sessions = await Promise.all(pages.map((page) => context.newCDPSession(page)));
    const figures = [[], []];
    const reached = (tenths) => until(`${tenths} tenths`, async () => (await eventCount(pages[0])) >= tenths * tenthCount, { seconds: 600 });
    // The first one was begun while the tabs were opened.
    for (let tenth = 1; tenth <= 9; tenth++) {
      await setHidden(pages[1], true);
      await reached(tenth + 0.5);
      await setHidden(pages[1], false);
      await reached(Math.min(tenth + 1, 9.95));
      for (const [i, session] of sessions.entries()) {
        const [all, code] = [await heapOf(session), await codeOf(session)];
        figures[i].push({ all, own: all - code });
      }
    }
    console.log(`== ${hours} hours of 100 events/s in ${seconds} s, 1,000 processes (load ${load()})`);
    for (const [i, name] of ["shown all the time", "hidden and shown by turns"].entries()) {
      const own = figures[i].map(({ own }) => own);
      const mean = own.reduce((sum, mib) => sum + mib, 0) / own.length;
      const most = Math.max(...own.map((mib) => Math.abs(mib / mean - 1)));
      const all = (of) => figures[i].map((figure) => of(figure).toFixed(1)).join(" ");
      print(`heap, ${name}`, all(({ all }) => all), "MiB, after each tenth but the first");
      print("  of it compiled code", all(({ all, own }) => all - own), "MiB");
      atMost("  the rest, furthest from its mean", most * 100, 5, "%", 1);
      atMost("  its last, more than its first", (own.at(-1) / own[0] - 1) * 100, 5, "%", 1);
    }
  });
}

async function tabs() {
  const count = 7;
  await withPage({ processes: 100, rate: 1_000, seconds: 120, speed: 1 }, async ({ context, url }) => {
    const pages = await Promise.all(Array.from({ length: count }, () => context.newPage()));
    await Promise.all(pages.map((page) => page.goto(url, { waitUntil: "commit" }).catch(() => undefined)));
    const states = () =>
      Promise.all(pages.map((page) => page.evaluate(() => document.querySelector("[data-testid=connection-state]")?.dataset.state ?? "nothing").catch(() => "nothing")));
    // What is played is never called live: the stream is open, and things move.
    const live = async () => (await states()).filter((state) => state === "recording").length;
    await until("all are live", async () => (await live()) === count, { seconds: 20 }).catch(() => undefined);
    console.log(`== ${count} tabs at once (load ${load()})`);
    atLeast("live", await live(), count, (await states()).join(" "));
  });
}

/** How late each event was when the frame that shows it had been drawn, ms: it maps at its time. */
function watchRows(ms) {
  return new Promise((resolve) => {
    const [seen, late] = [new Set(), []];
    const began = performance.now();
    requestAnimationFrame(function look() {
      const times = [];
      for (const row of document.querySelectorAll("[data-testid=log-row]")) {
        if (seen.has(row.dataset.id)) continue;
        seen.add(row.dataset.id);
        const [begin] = row.querySelector(".address").textContent.split("–");
        times.push(Number(BigInt(begin.trim())) / 1_000);
      }
      const { port1, port2 } = new MessageChannel();
      // What is posted in a frame comes when it has been drawn.
      port1.onmessage = () => {
        const now = performance.timeOrigin + performance.now();
        // Those of the first look had been there for some time.
        if (seen.size > times.length) late.push(...times.map((time) => now - time));
        if (now - performance.timeOrigin - began > ms) resolve(late);
        else requestAnimationFrame(look);
      };
      port2.postMessage(undefined);
    });
  });
}

async function pixel() {
  const seconds = 20;
  const server = spawn(join(folder, "memmon_bench_live"), ["webui/dist"], { stdio: ["pipe", "pipe", "inherit"] });
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: flags });
  try {
    const [port] = await once(server.stdout, "data");
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, locale: "en-US" });
    const began = performance.now();
    await page.goto(`http://127.0.0.1:${String(port).trim()}/`);
    await page.getByTestId("process-row").first().waitFor({ timeout: 60_000 });
    const usable = performance.now() - began;
    const late = (await page.evaluate(watchRows, seconds * 1_000)).sort((a, b) => a - b);
    console.log(`== 50 events/s, each as it happens (load ${load()})`);
    atMost("from the address to a table", usable, 1_000, "ms");
    atLeast("events shown", late.length, 45 * seconds, `in ${seconds} s`);
    print("event to pixel, half of them", told(quantile(late, 0.5), 0), "ms");
    atMost("event to pixel, 99 of 100", quantile(late, 0.99), 250, "ms");
  } finally {
    await browser.close();
    server.stdin.end();
    await once(server, "exit");
  }
}

const all = { busy, heap, tabs, pixel };
try {
  for (const name of chosen.length > 0 ? chosen : Object.keys(all)) {
    if (all[name] === undefined) throw new Error(`no such measurement: ${name} (choose from: ${Object.keys(all).join(" ")})`);
    await all[name]();
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
