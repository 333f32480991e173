// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { columns, columnsText, narrowColumns, parseColumns, toggleColumn, wideColumns } from "@/domain/columns";

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
