// SPDX-License-Identifier: Apache-2.0

import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import { describe, expect, it } from "vitest";
import { readInt64, readUint64 } from "@/api/bigReader";

const powers = Array.from({ length: 64 }, (_, bits) => 1n << BigInt(bits));

describe("whole numbers", () => {
  it("of any size are read to the last bit, one after the other", () => {
    const values = [0n, ...powers.flatMap((power) => [power - 1n, power, power + 1n]), 2n ** 64n - 1n];
    const writer = new BinaryWriter();
    for (const value of values) writer.uint64(value);
    const bytes = writer.finish();
    const reader = new BinaryReader(bytes);
    expect(values.map(() => readUint64(reader, bytes))).toEqual(values);
    expect(reader.pos).toBe(bytes.length);
  });

  it("have a sign where they are to have one", () => {
    const values = [-(2n ** 63n), -4_095n, -1n, 0n, 1n, 2n ** 48n, 2n ** 49n, 2n ** 63n - 1n];
    const writer = new BinaryWriter();
    for (const value of values) writer.int64(value);
    const bytes = writer.finish();
    const reader = new BinaryReader(bytes);
    expect(values.map(() => readInt64(reader, bytes))).toEqual(values);
  });

  it("that are cut off are none", () => {
    for (const bytes of [Uint8Array.of(), Uint8Array.of(0x80), new Uint8Array(9).fill(0x80), new Uint8Array(11).fill(0xff)]) {
      expect(() => readUint64(new BinaryReader(bytes), bytes)).toThrow();
    }
  });
});
