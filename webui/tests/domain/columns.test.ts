// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { columns, columnsText, groupCells, narrowColumns, parseColumns, toggleColumn, wideColumns } from "@/domain/columns";

describe("the chosen columns", () => {
  it("stand in the table's order, whatever the order of choosing", () => {
    expect(toggleColumn(["pid", "name", "held"], "user")).toEqual(["pid", "name", "user", "held"]);
    expect(toggleColumn(["pid", "name", "user"], "pid")).toEqual(["name", "user"]);
  });

  it("never lose the name", () => {
    expect(toggleColumn(["name", "held"], "name")).toEqual(["name", "held"]);
    expect(parseColumns("held")).toEqual(["name", "held"]);
  });

  it("are remembered; a column that there is no more is left out", () => {
    expect(parseColumns("held,colour,pid")).toEqual(["pid", "name", "held"]);
    for (const nothing of [undefined, "", "colour", "colour.shape"]) expect(parseColumns(nothing), nothing).toBeUndefined();
    for (const chosen of [columns, wideColumns, narrowColumns]) expect(parseColumns(columnsText(chosen))).toEqual(chosen);
  });
});

describe("a group's line", () => {
  const text = (shown: Parameters<typeof groupCells>[0]) => groupCells(shown).map(({ column, at, span }) => `${column} ${at}+${span}`);

  it("gives its name the room of what only a process has", () => {
    expect(text(["pid", "name", "user", "held"])).toEqual(["name 1+3", "held 4+1"]);
    expect(text(["name", "held", "rate"])).toEqual(["name 1+1", "held 2+1", "rate 3+1"]);
  });

  it("covers every column once, whichever are shown", () => {
    for (const shown of [columns, wideColumns, narrowColumns, ["name", "cgroup"], ["pid", "name"]] as const) {
      const cells = groupCells(shown);
      expect(cells.reduce((next, { at, span }) => (expect(at).toBe(next), at + span), 1)).toBe(shown.length + 1);
    }
  });
});
