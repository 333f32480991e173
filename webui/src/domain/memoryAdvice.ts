// SPDX-License-Identifier: Apache-2.0

const mebibyte = 1_048_576n;

/** For --memory: twice what it has at least, in whole powers of two, as the option takes it: "512M", "4G". */
export function moreMemory(bytes: bigint): string {
  let mebibytes = 1n;
  while (mebibytes * mebibyte < 2n * bytes) mebibytes *= 2n;
  return mebibytes < 1_024n ? `${mebibytes}M` : `${mebibytes / 1_024n}G`;
}
