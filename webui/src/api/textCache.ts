// SPDX-License-Identifier: Apache-2.0
//
// Texts by the process that has them: to make text of the same bytes for each event takes longer than
// all its numbers do, and is most of what a collection finds.

import type { BinaryReader } from "@bufbuild/protobuf/wire";

const decoder = new TextDecoder();

/** One process's, by the number of their field. */
export class Texts {
  private readonly known: string[] = [];

  /** Where `reader` stands in `bytes`, which are the ones that it reads; the length comes first. Fails where they end. */
  read(field: number, reader: BinaryReader, bytes: Uint8Array): string {
    const length = reader.uint32();
    const begin = reader.pos;
    if (begin + length > bytes.length) throw new RangeError("a text is cut off");
    reader.pos = begin + length;
    const known = this.known[field];
    if (known?.length === length && isAt(known, bytes, begin)) return known;
    return (this.known[field] = decoder.decode(bytes.subarray(begin, begin + length)));
  }
}

export class TextCache {
  private readonly byPid = new Map<number, Texts>();

  constructor(private readonly capacity = 20_000) {}

  of(pid: number): Texts {
    let texts = this.byPid.get(pid);
    if (texts !== undefined) return texts;
    if (this.byPid.size >= this.capacity) this.byPid.clear();
    texts = new Texts();
    this.byPid.set(pid, texts);
    return texts;
  }
}

/** What is not ASCII has other bytes than characters, and is made anew. */
function isAt(text: string, bytes: Uint8Array, begin: number): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) !== bytes[begin + at]) return false;
  return true;
}
