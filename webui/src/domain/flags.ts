// SPDX-License-Identifier: Apache-2.0
//
// What the bits of prot and flags say, as names that the dictionaries translate. Bits of x86-64.

interface Bit<Name extends string> {
  readonly bit: number;
  readonly name: Name;
}

const protBits = [
  { bit: 0x1, name: "read" },
  { bit: 0x2, name: "write" },
  { bit: 0x4, name: "exec" },
  { bit: 0x8, name: "sem" },
  { bit: 0x0100_0000, name: "growsDown" },
  { bit: 0x0200_0000, name: "growsUp" },
] as const;

const mapTypeMask = 0xf;
const mapTypes = [
  { bit: 0x1, name: "shared" },
  { bit: 0x2, name: "private" },
  { bit: 0x3, name: "sharedValidate" },
] as const;

const mapBits = [
  { bit: 0x10, name: "fixed" },
  { bit: 0x20, name: "anonymous" },
  { bit: 0x40, name: "low32" },
  { bit: 0x100, name: "growsDown" },
  { bit: 0x800, name: "denyWrite" },
  { bit: 0x1000, name: "executable" },
  { bit: 0x2000, name: "locked" },
  { bit: 0x4000, name: "noReserve" },
  { bit: 0x8000, name: "populate" },
  { bit: 0x1_0000, name: "nonBlock" },
  { bit: 0x2_0000, name: "stack" },
  { bit: 0x4_0000, name: "hugePages" },
  { bit: 0x8_0000, name: "sync" },
  { bit: 0x10_0000, name: "fixedNoReplace" },
] as const;

const remapBits = [
  { bit: 0x1, name: "mayMove" },
  { bit: 0x2, name: "fixed" },
  { bit: 0x4, name: "keepOld" },
] as const;

export type FlagName =
  | "none"
  | (typeof protBits)[number]["name"]
  | (typeof mapTypes)[number]["name"]
  | (typeof mapBits)[number]["name"]
  | (typeof remapBits)[number]["name"];

export interface FlagWords {
  readonly names: readonly FlagName[];
  /** Bits that have no name here; 0 where every bit has one. */
  readonly unknown: number;
}

function decode(value: number, bits: readonly Bit<FlagName>[]): FlagWords {
  const names: FlagName[] = [];
  let rest = value >>> 0;
  for (const { bit, name } of bits) {
    if ((rest & bit) === 0) continue;
    names.push(name);
    rest &= ~bit;
  }
  return { names, unknown: rest >>> 0 };
}

export function protWords(prot: number): FlagWords {
  return prot === 0 ? { names: ["none"], unknown: 0 } : decode(prot, protBits);
}

export function mapFlagWords(flags: number): FlagWords {
  const type = mapTypes.find(({ bit }) => bit === (flags & mapTypeMask));
  const rest = decode(flags & ~mapTypeMask, mapBits);
  if (type !== undefined) return { names: [type.name, ...rest.names], unknown: rest.unknown };
  return { names: rest.names, unknown: (rest.unknown | (flags & mapTypeMask)) >>> 0 };
}

export function remapFlagWords(flags: number): FlagWords {
  return decode(flags, remapBits);
}
