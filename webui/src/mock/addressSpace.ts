// SPDX-License-Identifier: Apache-2.0
//
// What the made-up processes' address spaces are made of.

import { type MessageInitShape, create } from "@bufbuild/protobuf";
import { Code, ConnectError, type ServiceImpl } from "@connectrpc/connect";
import { type RegionSchema, RegionKind } from "@/gen/memmon/v1/address_space_pb";
import { GetAddressSpaceResponseSchema, type MemoryMonitor } from "@/gen/memmon/v1/memmon_pb";
import { keyOf } from "@/domain/process";
import type { Archive } from "./archive";
import { residentPart } from "./programs";
import { seededRandom } from "./random";

const page = 4_096;
const libraries = ["libc.so.6", "libstdc++.so.6.0.30", "libcrypto.so.3", "libicudata.so.72.1", "libz.so.1.2.13", "libm.so.6", "libgcc_s.so.1"];
type Regions = MessageInitShape<typeof RegionSchema>[];

function pages(bytes: number): bigint {
  return BigInt(Math.floor(bytes / page) * page);
}

/** The rest of the size is anonymous, so that it adds up. */
function fineRegions(size: number, name: string, random: () => number): Regions {
  const regions: Regions = [
    { kind: RegionKind.HEAP, sizeBytes: pages(size * 0.02 * (1 + random())), mappingCount: 1 },
    { kind: RegionKind.STACK, sizeBytes: 135_168n, mappingCount: 1 },
    { kind: RegionKind.RESERVED, sizeBytes: pages(size * 0.2 * random()), mappingCount: 24 },
    { kind: RegionKind.SHARED, name: "/memfd:wayland-shm (deleted)", sizeBytes: pages(size * 0.05 * random()), mappingCount: 3 },
    { kind: RegionKind.SPECIAL, name: "[vdso]", sizeBytes: 8_192n, mappingCount: 1 },
    { kind: RegionKind.FILE, name: `/usr/bin/${name}`, sizeBytes: pages(size * 0.03), mappingCount: 5 },
    ...libraries.map((library) => ({
      kind: RegionKind.FILE,
      name: `/usr/lib/x86_64-linux-gnu/${library}`,
      sizeBytes: pages(size * 0.01 * random() + page),
      mappingCount: 5,
    })),
  ];
  const told = regions.reduce((sum, { sizeBytes = 0n }) => sum + sizeBytes, 0n);
  return [...regions, { kind: RegionKind.ANONYMOUS, sizeBytes: BigInt(size) - told, mappingCount: 212 }];
}

function coarseRegions(size: number): Regions {
  const [code, data, stack] = [pages(size * 0.06), pages(size * 0.7), 135_168n];
  return [
    { kind: RegionKind.DATA, sizeBytes: data },
    { kind: RegionKind.OTHER, sizeBytes: BigInt(size) - code - data - stack },
    { kind: RegionKind.CODE, sizeBytes: code },
    { kind: RegionKind.STACK, sizeBytes: stack },
  ];
}

export function addressSpaceCalls(archive: Archive, scene: string): Pick<ServiceImpl<typeof MemoryMonitor>, "getAddressSpace"> {
  return {
    getAddressSpace(request) {
      if (scene === "old") throw new ConnectError("unknown method", Code.Unimplemented);
      if (scene === "hidden") throw new ConnectError("address spaces are not shown without a token", Code.PermissionDenied);
      if (scene === "ended") throw new ConnectError("a recording is played", Code.FailedPrecondition);
      const dweller = archive.dwellers.get(request.process === undefined ? "" : keyOf(request.process));
      if (dweller === undefined || dweller.endMs !== undefined) throw new ConnectError("the process is gone", Code.NotFound);
      const { process } = dweller;
      const size = archive.at(dweller, Date.now())?.virtualSize ?? Number(process.virtualSizeBytes);
      const coarse = scene === "coarse";
      const regions = coarse ? coarseRegions(size) : fineRegions(size, process.name, seededRandom(process.pid));
      return create(GetAddressSpaceResponseSchema, {
        regions: regions.sort((a, b) => Number((b.sizeBytes ?? 0n) - (a.sizeBytes ?? 0n))),
        virtualSizeBytes: BigInt(size),
        coarse,
        residentAnonymousBytes: pages(size * residentPart * 0.8),
        residentFileBytes: pages(size * residentPart * 0.15),
        residentSharedBytes: pages(size * residentPart * 0.05),
        swappedBytes: 0n,
      });
    },
  };
}
