// SPDX-License-Identifier: Apache-2.0

import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { RegionKind } from "@/gen/memmon/v1/address_space_pb";
import { GetAddressSpaceResponseSchema } from "@/gen/memmon/v1/memmon_pb";
import { toAddressSpace } from "@/domain/addressSpace";
import { addressSheet } from "@/domain/sheets";

const space = toAddressSpace(
  create(GetAddressSpaceResponseSchema, {
    regions: [
      { kind: RegionKind.ANONYMOUS, sizeBytes: 50n, mappingCount: 2 },
      { kind: RegionKind.FILE, name: "/b", sizeBytes: 10n, mappingCount: 1 },
      { kind: RegionKind.FILE, name: "/a", sizeBytes: 30n, mappingCount: 4 },
      { kind: 99 as RegionKind, sizeBytes: 10n, mappingCount: 1 },
    ],
    virtualSizeBytes: 100n,
    residentFileBytes: 7n,
  }),
);

describe("an address space", () => {
  it("is its kinds, largest first, with the names of each", () => {
    expect(space.parts.map(({ kind, bytes, share, mappings }) => [kind, bytes, share, mappings])).toEqual([
      ["anonymous", 50n, 0.5, 2],
      ["file", 40n, 0.4, 5],
      ["other", 10n, 0.1, 1],
    ]);
    expect(space.parts[1]?.names.map(({ name }) => name)).toEqual(["/a", "/b"]);
    expect(space.parts[0]?.names).toEqual([]);
    expect(space.resident.file).toBe(7n);
  });

  it("is saved region by region", () => {
    expect(addressSheet(7, "sh", space).rows).toEqual([
      [7, "sh", "anonymous", undefined, 50n, 2],
      [7, "sh", "file", "/a", 30n, 4],
      [7, "sh", "file", "/b", 10n, 1],
      [7, "sh", "other", undefined, 10n, 1],
    ]);
  });
});
