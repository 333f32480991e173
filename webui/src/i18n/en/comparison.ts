// SPDX-License-Identifier: Apache-2.0
//
// Two ranges beside each other.

export const comparison = {
  "compare.choose": "Compare with",
  "compare.with": "compared with {name} ({pid})",
  "compare.title": "What differs",
  "compare.totals": "Both ranges",
  "compare.perSecond": "{bytes} per second",
  "compare.difference": "Requested in A, less B",
  "compare.differenceHint": "More than 0: more was requested in A.",
  "compare.lengths": "A and B are not equally long: compare what was requested per second.",
  "compare.captures": "memmon began anew between A and B: what processes held counts from another beginning in each.",
  "compare.grouping": "Compared by",
  "compare.by.process": "Process",
  "compare.by.program": "Program",
  "compare.name": "Process",
  "compare.nameHint": "Sorted by name",
  "compare.requested": "Requested",
  "compare.requestedHint": "Lengths of all successful mmap calls: A less B, and below it A · B",
  "compare.held": "Held",
  "compare.heldHint": "mmap minus munmap at the end of each range: A less B, and below it A · B",
  "compare.calls": "Calls",
  "compare.callsHint": "mmap, munmap and failed calls: A less B, and below it A · B. Of processes that ended in a range, bytes alone are known",
  "compare.onlyA": "only in A",
  "compare.onlyB": "only in B",
  "compare.others": "others, which ended",
  "compare.none": "No process differs.",
  "compare.differ": { one: "{n} differs", other: "{n} differ" },
  "compare.same": { one: "{n} is the same", other: "{n} are the same" },
  "compare.more": { one: "Show {n} more", other: "Show {n} more" },
} as const;
