// SPDX-License-Identifier: Apache-2.0

import type { BinaryReader } from "@bufbuild/protobuf/wire";
import { type Timestamp, TimestampSchema } from "@bufbuild/protobuf/wkt";
import { readInt64 } from "./bigReader";

const { typeName } = TimestampSchema;

/** The length comes first. `bytes` are those of the reader. */
export function readTimestamp(reader: BinaryReader, bytes: Uint8Array): Timestamp {
  const end = reader.uint32() + reader.pos;
  let seconds = 0n;
  let nanos = 0;
  while (reader.pos < end) {
    const [field, wireType] = reader.tag();
    if (field === 1) seconds = readInt64(reader, bytes);
    else if (field === 2) nanos = reader.int32();
    else reader.skip(wireType, field);
  }
  return { $typeName: typeName, seconds, nanos };
}
