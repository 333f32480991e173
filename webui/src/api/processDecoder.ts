// SPDX-License-Identifier: Apache-2.0
//
// Reads the bytes of a StreamProcessesResponse by hand, as eventDecoder.ts does and for its reason:
// ten thousand processes that change five times a second are fifty thousand messages.

import { create, fromBinary } from "@bufbuild/protobuf";
import { BinaryReader } from "@bufbuild/protobuf/wire";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import { type StreamProcessesResponse, StreamProcessesResponseSchema } from "@/gen/memmon/v1/memmon_pb";
import { HostTotalsSchema, type Process, ProcessKeySchema } from "@/gen/memmon/v1/process_pb";
import { readUint64 } from "./bigReader";
import { TextCache, type Texts } from "./textCache";
import { readTimestamp } from "./timestampReader";

class DecodedProcess implements Process {
  readonly $typeName = "memmon.v1.Process";
  pid = 0;
  startNs = 0n;
  parentPid = 0;
  name = "";
  uid = 0;
  cgroupId = 0n;
  startTime: Timestamp | undefined = undefined;
  endTime: Timestamp | undefined = undefined;
  heldBytes = 0n;
  virtualSizeBytes = 0n;
  requestedBytes = 0n;
  mmapCount = 0n;
  munmapCount = 0n;
  failedCount = 0n;
  uncertain = false;
  commandLine = "";
  mmId = 0n;
  namespacePid = 0;
  userName = "";
  container = "";
  residentBytes = 0n;
  detailsHidden = false;
  noMemoryCount = 0n;
  noMemoryLargestBytes = 0n;
}

// Hardly one of them has changed since the process was told last.
const cache = new TextCache();

function readProcess(reader: BinaryReader, end: number, bytes: Uint8Array): Process {
  const process = new DecodedProcess();
  let texts: Texts | undefined;
  while (reader.pos < end) {
    const [field, wireType] = reader.tag();
    switch (field) {
      case 1: texts = cache.of((process.pid = reader.uint32())); break;
      case 2: process.startNs = readUint64(reader, bytes); break;
      case 3: process.parentPid = reader.uint32(); break;
      case 4: process.name = (texts ??= cache.of(0)).read(field, reader, bytes); break;
      case 5: process.uid = reader.uint32(); break;
      case 6: process.cgroupId = readUint64(reader, bytes); break;
      case 7: process.startTime = readTimestamp(reader, bytes); break;
      case 8: process.endTime = readTimestamp(reader, bytes); break;
      case 9: process.heldBytes = readUint64(reader, bytes); break;
      case 10: process.virtualSizeBytes = readUint64(reader, bytes); break;
      case 11: process.requestedBytes = readUint64(reader, bytes); break;
      case 12: process.mmapCount = readUint64(reader, bytes); break;
      case 13: process.munmapCount = readUint64(reader, bytes); break;
      case 14: process.failedCount = readUint64(reader, bytes); break;
      case 15: process.uncertain = reader.bool(); break;
      case 16: process.commandLine = (texts ??= cache.of(0)).read(field, reader, bytes); break;
      case 17: process.mmId = readUint64(reader, bytes); break;
      case 18: process.namespacePid = reader.uint32(); break;
      case 19: process.userName = (texts ??= cache.of(0)).read(field, reader, bytes); break;
      case 20: process.container = (texts ??= cache.of(0)).read(field, reader, bytes); break;
      case 21: process.residentBytes = readUint64(reader, bytes); break;
      case 22: process.detailsHidden = reader.bool(); break;
      case 23: process.noMemoryCount = readUint64(reader, bytes); break;
      case 24: process.noMemoryLargestBytes = readUint64(reader, bytes); break;
      // A younger memmond tells more.
      default: reader.skip(wireType, field);
    }
  }
  return process;
}

/** Fails where the bytes are none of this message. */
export function decodeProcesses(bytes: Uint8Array): StreamProcessesResponse {
  const reader = new BinaryReader(bytes);
  const response = create(StreamProcessesResponseSchema);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    switch (field) {
      case 1: response.epoch = readUint64(reader, bytes); break;
      case 2: response.revision = readUint64(reader, bytes); break;
      case 3: response.snapshot = reader.bool(); break;
      case 4: response.processes.push(readProcess(reader, reader.uint32() + reader.pos, bytes)); break;
      case 5: response.removed.push(fromBinary(ProcessKeySchema, reader.bytes())); break;
      case 6: response.totals = fromBinary(HostTotalsSchema, reader.bytes()); break;
      default: reader.skip(wireType, field);
    }
  }
  return response;
}
