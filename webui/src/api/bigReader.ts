// SPDX-License-Identifier: Apache-2.0
//
// Reads whole numbers of 64 bits. The library's reader makes an array and a view of each; of six
// numbers in each of 100,000 events a second most have few bytes, and a plain number holds those.

import type { BinaryReader } from "@bufbuild/protobuf/wire";

/** Seven bytes of seven bits: a double holds more than that exactly. */
const shortBytes = 7;

/** Where `reader` stands in `bytes`, which are the ones that it reads. Fails where the bytes end. */
export function readUint64(reader: BinaryReader, bytes: Uint8Array): bigint {
  let value = 0;
  let weight = 1;
  for (let at = 0; at < shortBytes; at++) {
    const byte = bytes[reader.pos + at];
    if (byte === undefined) break;
    value += (byte & 0x7f) * weight;
    weight *= 0x80;
    if (byte >= 0x80) continue;
    reader.pos += at + 1;
    return BigInt(value);
  }
  return BigInt(reader.uint64());
}

/** The same with a sign: what is less than 0 has all bytes. */
export function readInt64(reader: BinaryReader, bytes: Uint8Array): bigint {
  return BigInt.asIntN(64, readUint64(reader, bytes));
}
