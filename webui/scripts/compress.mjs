// SPDX-License-Identifier: Apache-2.0
//
// Writes a .gz and a .br beside every asset worth it, prints what a first visit costs, and fails where
// that is over the budget: what index.html names and the font (before the chart, which comes later by
// itself). Counted is gzip: browsers take Brotli through TLS alone.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url).pathname;
const budget = 200 * 1024;
const html = readFileSync(join(dist, "index.html"), "utf8");
let first = 0;

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
  if (atOnce) first += packed.length;
  const kib = (n) => (n / 1024).toFixed(1).padStart(7);
  console.log(`${kib(plain.length)} KiB ${kib(packed.length)} KiB gz  ${atOnce ? "first" : "later"}  ${entry}`);
}
console.log(`first load: ${(first / 1024).toFixed(1)} KiB compressed, budget ${budget / 1024} KiB`);
if (first > budget) process.exit(1);
