// SPDX-License-Identifier: Apache-2.0
//
// What of a sentence is to be typed as it stands.

export interface TextPart {
  readonly text: string;
  /** An option or a command of memmond's, a file. */
  readonly typed: boolean;
}

const typed = /(--[a-z][a-z-]*(?:=\S*[^\s.])?|memmond --[a-z-]+|psql -f [\w/]+\.sql|\/etc\/[\w/]+\.\w+|\bpg_[a-z_]+(?:\.conf)?)/;

/** The sentence in its order, nothing left out. */
export function typedParts(text: string): TextPart[] {
  // Split by a group, every second part is one of its matches.
  return text.split(typed).map((part, index) => ({ text: part, typed: index % 2 === 1 })).filter(({ text: part }) => part !== "");
}
