// SPDX-License-Identifier: Apache-2.0
//
// Tests one after another, told as TAP: "ok N - name", "not ok N - name". A
// failed test does not stop the next; the exit status tells whether all passed.

let count = 0;
let failed = 0;

/** Runs one test; `body` throws to fail. */
export async function test(name, body) {
  count += 1;
  try {
    await body();
    console.log(`ok ${count} - ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`not ok ${count} - ${name}`);
    console.log(String(error?.stack ?? error).replace(/^/gm, "# "));
  }
}

/** Prints the plan; the process's exit status follows. */
export function done() {
  console.log(`1..${count}`);
  process.exitCode = failed === 0 && count > 0 ? 0 : 1;
}

/**
 * Waits until `probe` gives something true; its last answer or error is told when it never does. Limits are
 * there for what hangs: how fast an emulated machine is nobody knows.
 */
export async function until(what, probe, { seconds = 300, every = 100 } = {}) {
  const end = Date.now() + seconds * 1000;
  let last;
  for (;;) {
    try {
      last = await probe();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s; last: ${last}`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
