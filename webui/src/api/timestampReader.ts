// SPDX-License-Identifier: Apache-2.0

import type { BinaryReader } from "@bufbuild/protobuf/wire";
import { type Timestamp, TimestampSchema } from "@bufbuild/protobuf/wkt";

/** The length comes first. */
export function readTimestamp(reader: BinaryReader): Timestamp {
  const end = reader.uint32() + reader.pos;
  let seconds = 0n;
  let nanos = 0;
  while (reader.pos < end) {
    const [field, wireType] = reader.tag();
    if (field === 1) seconds = BigInt(reader.int64());
    else if (field === 2) nanos = reader.int32();
    else reader.skip(wireType, field);
  }
  return { $typeName: TimestampSchema.typeName, seconds, nanos };
}
