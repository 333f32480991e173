// SPDX-License-Identifier: Apache-2.0

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { describe, expect, it } from "vitest";
import { StreamProcessesResponseSchema } from "@/gen/memmon/v1/memmon_pb";
import { type Process, ProcessSchema } from "@/gen/memmon/v1/process_pb";
import { decodeProcesses } from "@/api/processDecoder";
import { seededRandom } from "@/mock/random";

const random = seededRandom(5);
const some = <T>(value: T, otherwise: T): T => (random() < 0.8 ? value : otherwise);
const big = () => BigInt(Math.floor(random() * 2 ** 31)) << 32n;

function aProcess(): Process {
  return create(ProcessSchema, {
    ...{ pid: some(4_194_304, 0), startNs: some(big(), 0n), parentPid: some(1, 0), name: some(some("ñandú", "ñandí"), ""), uid: some(4_294_967_295, 0) },
    ...{ cgroupId: some(big(), 0n), startTime: some({ seconds: -5n, nanos: 7 }, undefined), endTime: some({ seconds: 1_764_000_000n, nanos: 0 }, undefined) },
    ...{ heldBytes: some(big(), 0n), virtualSizeBytes: some(big(), 0n), requestedBytes: some(0xffff_ffff_ffff_ffffn, 0n) },
    ...{ mmapCount: some(3n, 0n), munmapCount: some(2n, 0n), failedCount: some(1n, 0n), uncertain: some(true, false) },
    ...{ commandLine: some(some("make -j2", "make -j4"), ""), mmId: some(big(), 0n), namespacePid: some(9, 0), userName: some(some("ana", "eva"), "") },
    ...{ container: some("ssh.service", ""), residentBytes: some(big(), 0n), detailsHidden: some(false, true) },
    ...{ noMemoryCount: some(4n, 0n), noMemoryLargestBytes: some(big(), 0n) },
  });
}

const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? `${part}n` : part)));

describe("processes", () => {
  it("are read as the library reads them", () => {
    for (let round = 0; round < 50; round++) {
      const message = create(StreamProcessesResponseSchema, {
        epoch: some(0xffff_ffff_ffff_ffffn, 0n),
        revision: some(7n, 0n),
        snapshot: some(true, false),
        processes: Array.from({ length: 10 }, aProcess),
        removed: some([{ pid: 3, startNs: 4n }], []),
        totals: some({ ramBytes: 8n, lostCount: 2n, captureStartTime: { seconds: 1n, nanos: 2 } }, undefined),
      });
      const bytes = toBinary(StreamProcessesResponseSchema, message);
      expect(plain(decodeProcesses(bytes))).toEqual(plain(fromBinary(StreamProcessesResponseSchema, bytes)));
    }
  });

  it("have every field that there is", () => {
    const bytes = toBinary(StreamProcessesResponseSchema, create(StreamProcessesResponseSchema, { processes: [{}] }));
    const names = ProcessSchema.fields.map(({ localName }) => localName);
    expect(Object.keys(decodeProcesses(bytes).processes[0] ?? {}).sort()).toEqual([...names, "$typeName"].sort());
  });

  it("of a younger memmond may have more fields, and cut off they are an error", () => {
    const process = new BinaryWriter().tag(900, WireType.LengthDelimited).string("new").tag(1, WireType.Varint).uint32(8);
    const bytes = new BinaryWriter().tag(4, WireType.LengthDelimited).bytes(process.finish()).tag(901, WireType.Varint).uint32(1).finish();
    expect(decodeProcesses(bytes).processes).toMatchObject([{ pid: 8 }]);
    const whole = toBinary(StreamProcessesResponseSchema, create(StreamProcessesResponseSchema, { processes: [aProcess()] }));
    expect(() => decodeProcesses(whole.subarray(0, whole.length - 1))).toThrow();
  });
});
