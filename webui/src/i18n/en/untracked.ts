// SPDX-License-Identifier: Apache-2.0
//
// That processes are in no list, in memmonctl's words.

export const untracked = {
  "untracked.title": {
    one: "{n} event is of a process that memmond has no room to list",
    other: "{n} events are of processes that memmond has no room to list",
  },
  "untracked.todo": "Give memmond more memory (--memory {more}); it has {bytes}. Where systemd runs it, MemoryHigh and MemoryMax of its unit must be above that.",
} as const;
