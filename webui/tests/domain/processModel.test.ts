// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { ProcessModel } from "@/domain/processModel";
import { processes } from "../builders";

const snapshot = processes({
  epoch: 5n,
  revision: 0n,
  snapshot: true,
  processes: [
    { pid: 1, startNs: 10n, name: "init", heldBytes: 4096n },
    { pid: 2, startNs: 20n, name: "sh" },
  ],
  totals: { ramBytes: 100n, swapBytes: 20n, eventCount: 3n },
});
const pids = (model: ProcessModel) => model.rows().map(({ pid }) => pid);

describe("ProcessModel", () => {
  it("tells apart processes that had the same id, one after the other or both in the list", () => {
    const model = new ProcessModel();
    const told = (revision: bigint, startNs: bigint, more: object = {}) => model.apply(processes({ epoch: 1n, revision, processes: [{ pid: 7, startNs }], ...more }));
    told(0n, 70n, { snapshot: true });
    told(1n, 71n);
    told(2n, 70n, { removed: [{ pid: 7, startNs: 71n }] });
    told(3n, 70n);
    expect(model.rows().map(({ key }) => key)).toEqual(["7:70"]);
    told(4n, 72n, { snapshot: true });
    expect(model.rows().map(({ key }) => key)).toEqual(["7:72"]);
  });

  it("takes a snapshot, then changes, whole rows at a time", () => {
    const model = new ProcessModel();
    expect(model.apply(snapshot)).toBe("applied");
    const before = model.get("1:10");
    const change = processes({ epoch: 5n, revision: 1n, processes: [{ pid: 1, startNs: 10n, name: "init", heldBytes: 8192n }] });
    expect(model.apply(change)).toBe("applied");
    expect(model.get("1:10")?.held).toBe(8192n);
    expect(before?.held).toBe(4096n);
    expect(model.totals?.ramBytes).toBe(100n);
  });

  it("forgets what is removed, and knows a process id that came round again", () => {
    const model = new ProcessModel();
    model.apply(snapshot);
    model.apply(
      processes({ epoch: 5n, revision: 1n, processes: [{ pid: 2, startNs: 99n, name: "new" }], removed: [{ pid: 2, startNs: 20n }] }),
    );
    expect(model.get("2:20")).toBeUndefined();
    expect(model.get("2:99")?.name).toBe("new");
    expect(model.size).toBe(2);
  });

  it("starts anew with the snapshot of another epoch", () => {
    const model = new ProcessModel();
    model.apply(snapshot);
    expect(model.apply(processes({ epoch: 6n, revision: 0n, snapshot: true, processes: [{ pid: 7, startNs: 1n }] }))).toBe("applied");
    expect(pids(model)).toEqual([7]);
    expect(model.apply(processes({ epoch: 6n, revision: 1n }))).toBe("applied");
  });

  it.each([
    ["a revision is missing", { epoch: 5n, revision: 2n }],
    ["a revision comes twice", { epoch: 5n, revision: 0n }],
    ["the epoch changed without a snapshot", { epoch: 6n, revision: 1n }],
  ])("resubscribes where %s, and keeps what it showed", (_, change) => {
    const model = new ProcessModel();
    model.apply(snapshot);
    expect(model.apply(processes({ ...change, processes: [{ pid: 1, startNs: 10n, heldBytes: 1n }] }))).toBe("resubscribe");
    expect(model.get("1:10")?.held).toBe(4096n);
    // Nothing fits any more until the next snapshot.
    expect(model.apply(processes({ epoch: 5n, revision: 1n }))).toBe("resubscribe");
    expect(model.apply(snapshot)).toBe("applied");
  });

  it("waits for the snapshot of a new stream", () => {
    const model = new ProcessModel();
    model.apply(snapshot);
    model.expectSnapshot();
    expect(pids(model)).toEqual([1, 2]);
    expect(model.apply(processes({ epoch: 5n, revision: 1n }))).toBe("resubscribe");
  });

  it("shows a process that has ended as ended", () => {
    const model = new ProcessModel();
    model.apply(processes({ epoch: 1n, snapshot: true, processes: [{ pid: 1, endTime: { seconds: 1n } }, { pid: 2 }] }));
    expect(model.rows().map(({ ended }) => ended)).toEqual([true, false]);
  });
});
