// SPDX-License-Identifier: Apache-2.0

export const exporting = {
  "export.title": "Save or print: {what}",
  "export.csv": "CSV",
  "export.csvHint": "for spreadsheets, in bytes",
  "export.json": "JSON",
  "export.jsonHint": "for programs, in bytes",
  "export.png": "PNG",
  "export.pngHint": "a picture, as it is shown",
  "export.print": "Print",
  "export.printHint": "or save as PDF, all lines",
  "export.span": "{from} to {to}",
  "export.lost": { one: "{n} record is missing", other: "{n} records are missing" },
  "export.unrecorded": "nothing is recorded of {duration}",
  "print.note": "As printed from memmon: {about}",
  "print.logPart": "Older ones are not printed.",
  "print.log": "Addresses are not printed: a file saved as CSV or JSON has them, and all lines.",
  "print.more": { one: "and {n} more line that is not printed", other: "and {n} more lines that are not printed" },
} as const;
