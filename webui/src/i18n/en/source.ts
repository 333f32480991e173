// SPDX-License-Identifier: Apache-2.0
//
// What is wrong with where the events come from, and what to do about it.

export const source = {
  "problem.waiting.missing": "No events yet: the kernel module is not there",
  "problem.waiting.permission": "No events yet: memmond may not read the kernel module’s device",
  "problem.waiting.busy": "No events yet: another program reads the kernel module’s device",
  "problem.waiting.version": "No events yet: the kernel module and memmond are of different releases",
  "problem.waiting.other": "No events yet: the kernel module’s device cannot be read",
  "problem.failed.missing": "The recording is not there",
  "problem.failed.permission": "memmond may not read the recording",
  "problem.failed.version": "The recording is of another release than memmond",
  "problem.failed.other": "Events cannot be read",
  "problem.failed.damaged": "This is no recording of memmon, or it is damaged",
  "problem.waiting.damaged": "No events yet: what the kernel module’s device tells makes no sense",
  "problem.todo.waiting.missing": "Load the module.",
  "problem.todo.waiting.permission": "Put memmond’s user into the group memmon, and restart memmond.",
  "problem.todo.waiting.busy": "One program at a time may read it: stop the other one, or use that one instead.",
  "problem.todo.waiting.version": "Install both from one release, and reload the module.",
  "problem.todo.waiting.damaged": "Reload the module, from the same release as memmond.",
  "problem.todo.waiting.other": "What memmond says of it tells more.",
  "problem.todo.failed.missing": "Correct the name that memmond was given with --replay.",
  "problem.todo.failed.permission": "Let memmond’s user read the file.",
  "problem.todo.failed.version": "Play it with the memmond of the release that recorded it.",
  "problem.todo.failed.damaged": "Record it again, or name another file with --replay.",
  "problem.todo.failed.other": "What memmond says of it tells more.",
  "problem.endedShort": "It ends in the middle of a record: the last one is missing, and all before it is here.",
  "problem.retryText": "memmond tries it again and again, and goes on by itself once it can.",
  "problem.endedTitle": "The recording has come to its end",
  "problem.endedText": "What you see is the last state of {name}.",
  "problem.notCovered": "Not hooked by this kernel’s module, totals may be late there: {list}",
} as const;
