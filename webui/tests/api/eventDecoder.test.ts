// SPDX-License-Identifier: Apache-2.0

import { type DescField, create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { EmptySchema } from "@bufbuild/protobuf/wkt";
import { createRouterTransport } from "@connectrpc/connect";
import { describe, expect, it } from "vitest";
import { type Event, EventKind, EventSchema } from "@/gen/memmon/v1/event_pb";
import { GetStatusResponseSchema, MemoryMonitor, StreamEventsResponseSchema, WatchResponseSchema } from "@/gen/memmon/v1/memmon_pb";
import { decodeEvents } from "@/api/eventDecoder";
import { createWatch, decodeWatch } from "@/api/watchStream";
import { seededRandom } from "@/mock/random";

const random = seededRandom(3);
const some = <T>(value: T, otherwise: T): T => (random() < 0.8 ? value : otherwise);
const big = (bits: number) => BigInt(Math.floor(random() * 2 ** 31)) << BigInt(bits - 31);

function anEvent(): Event {
  return create(EventSchema, {
    kind: some(EventKind.MMAP, EventKind.LOST),
    cpu: some(65_535, 0),
    sequence: some(big(63), 0n),
    eventTime: some({ seconds: BigInt(Math.floor(random() * 4e9)), nanos: Math.floor(random() * 1e9) }, undefined),
    pid: some(4_194_304, 1),
    tid: some(7, 0),
    startNs: some(big(60), 0n),
    // A process's name may change; another's may be the same.
    processName: some(some("ñandú 気", "ñandú"), some("ñandí", "")),
    uid: some(4_294_967_295, 0),
    cgroupId: some(big(50), 0n),
    address: some(0xffff_ffff_ffff_f000n, 0n),
    lengthBytes: some(big(63), 0n),
    prot: some(0x0100_0007, 0),
    mapFlags: some(0x8000_0022, 0),
    result: some(-12n, 0x7f00_0000_0000n),
    virtualSizeBytes: some(big(47), 0n),
    lostCount: some(9n, 0n),
    mmId: some(0xffff_ffff_ffff_ffffn, 0n),
    namespacePid: some(3, 0),
    detailsHidden: some(false, true),
  });
}

const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_key, part: unknown) => (typeof part === "bigint" ? `${part}n` : part)));

describe("events", () => {
  it("are read as the library reads them", () => {
    for (let round = 0; round < 50; round++) {
      const message = create(StreamEventsResponseSchema, {
        // A message without any says where the stream stands.
        events: Array.from({ length: round % 5 === 0 ? 0 : 20 }, anEvent),
        gap: some({ eventCount: 7n, reason: "slow" }, undefined),
        resumeToken: some("token", ""),
        leftOut: some([{ kind: EventKind.MMAP, count: big(40) }, { kind: EventKind.MUNMAP, count: 1n }], []),
      });
      const bytes = toBinary(StreamEventsResponseSchema, message);
      expect(plain(decodeEvents(bytes))).toEqual(plain(fromBinary(StreamEventsResponseSchema, bytes)));
    }
  });

  it("have every field that there is", () => {
    const event = decodeEvents(toBinary(StreamEventsResponseSchema, create(StreamEventsResponseSchema, { events: [{}] }))).events[0] ?? {};
    const names = EventSchema.fields.map(({ localName }: DescField) => localName);
    expect(Object.keys(event).sort()).toEqual([...names, "$typeName"].sort());
  });

  it("of a younger memmond may have more fields", () => {
    const event = new BinaryWriter().tag(1, WireType.Varint).int32(16).tag(900, WireType.LengthDelimited).string("new").tag(5, WireType.Varint).uint32(8);
    const bytes = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(event.finish()).tag(901, WireType.Varint).uint32(1).finish();
    expect(decodeEvents(bytes).events).toMatchObject([{ kind: EventKind.MMAP, pid: 8 }]);
  });

  it("that are cut off are an error", () => {
    for (const event of [anEvent(), create(EventSchema, { processName: "cut off" })]) {
      const bytes = toBinary(StreamEventsResponseSchema, create(StreamEventsResponseSchema, { events: [event] }));
      for (let length = 1; length < bytes.length; length++) expect(() => decodeEvents(bytes.subarray(0, length))).toThrow();
    }
  });
});

describe("watching", () => {
  const items = [
    { case: "events", value: create(StreamEventsResponseSchema, { events: [{ pid: 5 }] }) },
    { case: "status", value: create(GetStatusResponseSchema) },
    { case: undefined },
  ] as const;

  it("gives each part as it was sent", async () => {
    const transport = createRouterTransport(({ service }) =>
      service(MemoryMonitor, {
        async *watch() {
          for (const item of items) yield create(WatchResponseSchema, { item });
        },
      }),
    );
    const cases = [];
    for await (const { item } of createWatch(transport)({ status: true })) cases.push(item.case);
    expect(cases).toEqual(["events", "status", undefined]);
  });

  it("passes over a part that it does not know", () => {
    const bytes = new BinaryWriter().tag(77, WireType.LengthDelimited).string("new").finish();
    expect(decodeWatch(fromBinary(EmptySchema, bytes)).item.case).toBeUndefined();
  });
});
