// SPDX-License-Identifier: Apache-2.0
//
// Texts by the process that has them: to make text of the same bytes for each event takes longer than
// all its numbers do, and is most of what a collection finds.

import type { BinaryReader } from "@bufbuild/protobuf/wire";

export class TextCache {
  private readonly byPid = new Map<number, { readonly bytes: Uint8Array; readonly text: string }>();
  private readonly decoder = new TextDecoder();

  constructor(private readonly capacity = 20_000) {}

  /** Where `reader` stands in `bytes`, which are the ones that it reads; the length comes first. Fails where they end. */
  read(pid: number, reader: BinaryReader, bytes: Uint8Array): string {
    const length = reader.uint32();
    const begin = reader.pos;
    if (begin + length > bytes.length) throw new RangeError("a text is cut off");
    reader.pos = begin + length;
    const known = this.byPid.get(pid);
    if (known?.bytes.length === length && isAt(known.bytes, bytes, begin)) return known.text;
    const own = bytes.slice(begin, begin + length);
    const text = this.decoder.decode(own);
    if (this.byPid.size >= this.capacity) this.byPid.clear();
    this.byPid.set(pid, { bytes: own, text });
    return text;
  }
}

function isAt(part: Uint8Array, bytes: Uint8Array, begin: number): boolean {
  for (let at = 0; at < part.length; at++) if (part[at] !== bytes[begin + at]) return false;
  return true;
}
