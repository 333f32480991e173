// SPDX-License-Identifier: Apache-2.0
//
// What a process's address space is made of, by kind.

import { type Region, RegionKind } from "@/gen/memmon/v1/address_space_pb";
import type { GetAddressSpaceResponse } from "@/gen/memmon/v1/memmon_pb";
import { ratio } from "./process";

/** Each with the number of its colour, which stays the same from process to process. */
const kinds = {
  [RegionKind.UNSPECIFIED]: ["other", 9],
  [RegionKind.HEAP]: ["heap", 1],
  [RegionKind.STACK]: ["stack", 4],
  [RegionKind.ANONYMOUS]: ["anonymous", 0],
  [RegionKind.RESERVED]: ["reserved", undefined],
  [RegionKind.FILE]: ["file", 2],
  [RegionKind.SHARED]: ["shared", 3],
  [RegionKind.SPECIAL]: ["special", 5],
  [RegionKind.CODE]: ["code", 2],
  [RegionKind.DATA]: ["data", 0],
  [RegionKind.OTHER]: ["other", 9],
} as const satisfies Record<RegionKind, readonly [string, number | undefined]>;

export type SpaceKind = (typeof kinds)[RegionKind][0];

/** All regions of a kind that have a name of their own, or none. */
export interface NamedPart {
  /** Empty for those without, or too small to be told one by one. */
  readonly name: string;
  readonly bytes: bigint;
  readonly mappings: number;
}

export interface SpacePart {
  readonly kind: SpaceKind;
  /** Number of its colour; undefined for what is only kept free. */
  readonly colour: number | undefined;
  readonly bytes: bigint;
  /** Of the whole address space, 0 to 1. */
  readonly share: number;
  /** 0 where it is not known. */
  readonly mappings: number;
  /** Largest first; empty where there are no names. */
  readonly names: readonly NamedPart[];
}

export interface AddressSpace {
  /** Largest first. */
  readonly parts: readonly SpacePart[];
  readonly virtualSize: bigint;
  /** The service may not look closer. */
  readonly coarse: boolean;
  readonly resident: { readonly anonymous: bigint; readonly file: bigint; readonly shared: bigint };
  readonly swapped: bigint;
}

function byBytes(a: { readonly bytes: bigint }, b: { readonly bytes: bigint }): number {
  return a.bytes > b.bytes ? -1 : a.bytes < b.bytes ? 1 : 0;
}

function toPart(kind: RegionKind, regions: readonly Region[], whole: bigint): SpacePart {
  const [name, colour] = kinds[kind];
  const bytes = regions.reduce((sum, region) => sum + region.sizeBytes, 0n);
  const names = regions.map((region) => ({ name: region.name, bytes: region.sizeBytes, mappings: region.mappingCount })).sort(byBytes);
  return {
    ...{ kind: name, colour, bytes, share: ratio(bytes, whole) },
    mappings: regions.reduce((sum, region) => sum + region.mappingCount, 0),
    names: names.some((part) => part.name !== "") ? names : [],
  };
}

export function toAddressSpace(response: GetAddressSpaceResponse): AddressSpace {
  const groups = new Map<RegionKind, Region[]>();
  for (const region of response.regions) {
    // What a younger memmond tells is at least something.
    const kind = region.kind in kinds ? region.kind : RegionKind.OTHER;
    groups.set(kind, [...(groups.get(kind) ?? []), region]);
  }
  return {
    parts: [...groups].map(([kind, regions]) => toPart(kind, regions, response.virtualSizeBytes)).sort(byBytes),
    virtualSize: response.virtualSizeBytes,
    coarse: response.coarse,
    resident: { anonymous: response.residentAnonymousBytes, file: response.residentFileBytes, shared: response.residentSharedBytes },
    swapped: response.swappedBytes,
  };
}
