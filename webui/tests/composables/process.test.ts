// SPDX-License-Identifier: Apache-2.0
//
// What the page knows of one process among all.

import { describe, expect, it, vi } from "vitest";
import { effectScope, ref, shallowRef } from "vue";
import { type ProcessFacts, useProcess } from "@/composables/useProcess";
import type { ProcessRow } from "@/domain/process";
import { row } from "../builders";

const monitor = {
  rows: shallowRef<readonly ProcessRow[]>([]),
  rowOf: (key: string) => monitor.rows.value.find((one) => one.key === key),
  history: { rate: () => 7 },
  historyVersion: ref(0),
};
vi.mock("@/composables/useMonitor", () => ({ useMonitor: () => monitor }));

function facts(rows: readonly ProcessRow[]): ProcessFacts {
  monitor.rows.value = rows;
  return effectScope().run(() => useProcess(ref("1:1"))) as ProcessFacts;
}
const sharers = (rows: readonly ProcessRow[]) => facts(rows).kin.value.sharers.map(({ pid }) => pid);

describe("who shares memory with a process", () => {
  it("are the living with the same address space", () => {
    const others = [row(2, { mmId: 9n }), row(3, { mmId: 8n }), row(4, { mmId: 9n, ended: true })];
    expect(sharers([row(1, { mmId: 9n }), ...others])).toEqual([2]);
  });

  it("is nobody where its address space is not known", () => {
    expect(sharers([row(1), row(2)])).toEqual([]);
  });

  it("is nobody once it has ended: who has the name of its address space now has another one", () => {
    expect(sharers([row(1, { mmId: 9n, ended: true }), row(2, { mmId: 9n })])).toEqual([]);
  });
});
