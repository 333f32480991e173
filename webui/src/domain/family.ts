// SPDX-License-Identifier: Apache-2.0
//
// Who is whose child. Process ids come round again: a parent is the process that had the id when
// the child began.

import type { ProcessRow } from "./process";

export class Family {
  private readonly byPid = new Map<number, ProcessRow[]>();
  private readonly byParent = new Map<number, ProcessRow[]>();

  constructor(rows: readonly ProcessRow[]) {
    for (const row of rows) {
      append(this.byPid, row.pid, row);
      if (row.parentPid !== 0) append(this.byParent, row.parentPid, row);
    }
  }

  parentOf(row: ProcessRow): ProcessRow | undefined {
    let parent: ProcessRow | undefined;
    for (const candidate of this.byPid.get(row.parentPid) ?? []) {
      if (candidate.key === row.key || candidate.startNs > row.startNs) continue;
      if (parent === undefined || candidate.startNs > parent.startNs) parent = candidate;
    }
    return parent;
  }

  childrenOf(row: ProcessRow): ProcessRow[] {
    return (this.byParent.get(row.pid) ?? []).filter((child) => this.parentOf(child)?.key === row.key);
  }
}

function append(map: Map<number, ProcessRow[]>, at: number, row: ProcessRow): void {
  const list = map.get(at);
  if (list === undefined) map.set(at, [row]);
  else list.push(row);
}
