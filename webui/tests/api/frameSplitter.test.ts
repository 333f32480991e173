// SPDX-License-Identifier: Apache-2.0

import { encodeEnvelope } from "@connectrpc/connect/protocol";
import { describe, expect, it } from "vitest";
import { FrameSplitter } from "@/api/frameSplitter";

const texts = ["", "one", "x".repeat(9_000)];
const frames = texts.map((text, flags) => encodeEnvelope(flags, new TextEncoder().encode(text)));
const bytes = Uint8Array.from(frames.flatMap((frame) => [...frame]));

/** What comes out where so many bytes come at a time. */
function split(size: number): { flags: number; text: string }[] {
  const splitter = new FrameSplitter();
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.slice(at * size, (at + 1) * size));
  return pieces.flatMap((piece) => splitter.add(piece)).map(({ flags, data }) => ({ flags, text: new TextDecoder().decode(data) }));
}

describe("frames of gRPC-Web", () => {
  it.each([bytes.length, 1, 4, 5, 6, 13, 4_096])("come out as they went in, %i bytes at a time", (size) => {
    expect(split(size)).toEqual(texts.map((text, flags) => ({ flags, text })));
  });

  it("are not copied where they come whole", () => {
    const whole = frames[1] as Uint8Array;
    expect(new FrameSplitter().add(whole)[0]?.data.buffer).toBe(whole.buffer);
  });

  it("wait for the last of their bytes", () => {
    const splitter = new FrameSplitter();
    const [, frame] = frames as [Uint8Array, Uint8Array];
    expect(splitter.add(frame.slice(0, -1))).toEqual([]);
    expect(splitter.add(frame.slice(-1))).toHaveLength(1);
  });
});
