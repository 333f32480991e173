// SPDX-License-Identifier: Apache-2.0
//
// Frames of gRPC-Web out of the bytes that come. Memmond sends one a message, which is taken as it is: the
// library's stream of frames copies all that comes, twice, which is a fifteenth of what watching a
// busy host takes. Others may cut where they like.

import type { EnvelopedMessage } from "@connectrpc/connect/protocol";

/** Flags, and the length of what follows in four bytes, the highest first. */
const headBytes = 5;

export class FrameSplitter {
  private pending = new Uint8Array();

  /** The frames that `bytes` complete, in their order. They share its memory. */
  add(bytes: Uint8Array): EnvelopedMessage[] {
    const all = this.pending.length === 0 ? bytes : joined(this.pending, bytes);
    const view = new DataView(all.buffer, all.byteOffset, all.byteLength);
    const frames: EnvelopedMessage[] = [];
    let at = 0;
    while (all.length - at >= headBytes) {
      const end = at + headBytes + view.getUint32(at + 1);
      if (end > all.length) break;
      frames.push({ flags: view.getUint8(at), data: all.subarray(at + headBytes, end) });
      at = end;
    }
    this.pending = all.slice(at);
    return frames;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
