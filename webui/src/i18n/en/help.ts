// SPDX-License-Identifier: Apache-2.0

export const help = {
  "help.title": "Keys and help",
  "help.filter": "Filter the processes",
  "help.down": "Next line",
  "help.up": "Line before",
  "help.far": "A page on or back, first line, last line",
  "help.open": "Open the process’s page, or the group",
  "help.pin": "Pin the process to the top, or let it go",
  "help.only": "Show this process alone in the log, or all",
  "help.unfold": "Open a group or a branch",
  "help.fold": "Close a group or a branch",
  "help.back": "Back: clear the filter, leave a process’s page",
  "help.pause": "Pause the log, or go on",
  "help.alerts": "Alerts: which fired, and which are set",
  "help.suspects": "Growth that does not come back",
  "help.hints": "What a figure means: one after the other; arrows go on, Esc back",
  "help.help": "This window",
  "help.touch": "On a touch screen tap a figure for what it means; on a button or a table’s line hold the finger.",
  "help.explain": "Explain the figures",
  "help.letters": "Single-key shortcuts",
  "help.version": "memmond {version}, which this page came from",
} as const;
