// SPDX-License-Identifier: Apache-2.0
//
// Growth that does not come back: of its window, and of a process's own page.

export const suspects = {
  "suspects.title": "Growth that does not come back",
  "suspects.lead": "Processes that hold ever more: they grew in most of the steps, and kept most of what came. It may be a leak, or a cache that fills.",
  "suspects.span": "Over the last",
  "suspects.minutes": "{n} min",
  "suspects.since": "This page has watched since {time}.",
  "suspects.none": "None that this page has seen. It needs some twelve seconds at least to tell.",
  "suspects.course": "Held",
  "suspects.rate": "Per minute",
  "suspects.growth": "In all",
  "suspects.courseHint": "mmap minus munmap, step by step over the span",
  "suspects.rateHint": "How much more it held each minute, on average of the span",
  "suspects.growthHint": "How much more it holds at the end of the span than at its beginning",
  "suspects.from": "since {time}",
  "suspects.grew": "Steps that grew",
  "suspects.grewHint": "The share of the steps, up to 24, at whose end it held more than at their beginning",
  "suspects.kept": "Kept",
  "suspects.keptHint": "How much of all that came was not given back",
  "suspects.missing": "Since {time} this page may not have seen all: what grew meanwhile may be told late, or not at all.",
  "suspects.note": "Held is mmap less munmap: growth of the heap by brk is not in it. Times when this page was not watching are left out.",
  "suspects.stored": "From the database: what grew most in",
  "suspects.storedHint": "Of {span}: who holds how much more at the end than at the beginning",
} as const;
