// SPDX-License-Identifier: Apache-2.0
//
// Writes a .gz and a .br beside every asset worth it, prints what a first visit costs, and fails where
// that is over a budget: what index.html names, the font, and the largest of the dictionaries, of which
// a visit takes one; then the same with the chart, which comes later by itself. Counted is gzip:
// browsers take Brotli through TLS alone.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url).pathname;
const kib = (n) => (n / 1024).toFixed(1);
const html = readFileSync(join(dist, "index.html"), "utf8");
let first = 0;
let dictionary = 0;
let charts = 0;

for (const entry of readdirSync(dist, { recursive: true }).sort()) {
  if (!/\.(js|css|html|svg|woff2)$/.test(entry)) continue;
  const file = join(dist, entry);
  const plain = readFileSync(file);
  // A font is packed already.
  const isFont = entry.endsWith(".woff2");
  const packed = isFont ? plain : gzipSync(plain, { level: 9 });
  if (packed.length < plain.length) {
    writeFileSync(`${file}.gz`, packed);
    writeFileSync(`${file}.br`, brotliCompressSync(plain));
  }
  const atOnce = isFont || entry === "index.html" || html.includes(`/${entry}`);
  const isDictionary = /^assets\/(en|es)-[\w-]+\.js$/.test(entry);
  if (atOnce) first += packed.length;
  if (isDictionary) dictionary = Math.max(dictionary, packed.length);
  if (/^assets\/SharePie-/.test(entry)) charts += packed.length;
  const column = (n) => kib(n).padStart(7);
  console.log(`${column(plain.length)} KiB ${column(packed.length)} KiB gz  ${atOnce ? "first" : isDictionary ? "one  " : "later"}  ${entry}`);
}
if (dictionary === 0 || charts === 0) throw new Error("no dictionary or no chart was found: are their files named otherwise now?");
first += dictionary;
const budgets = [
  { what: "first load", bytes: first, budget: 200 * 1024 },
  { what: "with charts", bytes: first + charts, budget: 400 * 1024 },
];
for (const { what, bytes, budget } of budgets) {
  console.log(`${what}: ${kib(bytes)} KiB compressed, budget ${kib(budget)} KiB`);
  if (bytes > budget) process.exitCode = 1;
}
