// SPDX-License-Identifier: Apache-2.0
//
// Which columns the table has: those that are chosen, and of the past none of which nothing is known.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { h, ref } from "vue";
import ColumnChooser from "@/components/table/ColumnChooser.vue";
import { type TableState, provideTableState } from "@/composables/useTableState";
import type { ViewRefs } from "@/composables/useView";
import { type Column, wideColumns } from "@/domain/columns";
import { type Sorting, defaultSorting } from "@/domain/sorting";
import { render } from "./render";

vi.mock("@/composables/columnMemory", () => ({ recallColumns: () => undefined, rememberColumns: () => undefined }));
vi.mock("@/composables/useMediaQuery", () => ({ narrowScreen: "", useMediaQuery: () => ref(false) }));
vi.mock("@/composables/usePopup", () => ({ usePopup: () => ({ open: ref(true), close: () => undefined }) }));

const looksBack = ref(false);
const chosen = ref<readonly Column[]>();
const chosenSorting = ref<Sorting>(defaultSorting);

const view = { search: ref(""), showEnded: ref(true), arrangement: ref("list"), sorting: chosenSorting, columns: chosen, adjustColumns: () => undefined };
let state: TableState;
/** As the page has it: the chooser below what provides the state. */
const WithState = {
  setup() {
    state = provideTableState(view as unknown as ViewRefs, looksBack);
    return () => h(ColumnChooser);
  },
};
beforeEach(async () => {
  looksBack.value = false;
  chosen.value = undefined;
  chosenSorting.value = defaultSorting;
  await render(WithState);
});

describe("the table's columns", () => {
  it("are those that are chosen, and of the past those that are stored", () => {
    expect(state.columns.value).toEqual(wideColumns);
    looksBack.value = true;
    expect(state.columns.value).toEqual(wideColumns.filter((column) => column !== "resident"));
    looksBack.value = false;
    expect(state.columns.value).toEqual(wideColumns);
  });

  it("stay chosen while nothing is known of them", () => {
    looksBack.value = true;
    state.toggleColumn("container");
    expect(state.columns.value).not.toContain("resident");
    looksBack.value = false;
    expect(state.columns.value).toEqual(expect.arrayContaining(["container", "resident"]));
  });

  it("do not put the past in the order of what nobody knows of it", () => {
    state.sorting.value = { column: "resident", descending: false };
    expect(state.sorting.value.column).toBe("resident");
    looksBack.value = true;
    expect(state.sorting.value).toEqual(defaultSorting);
    looksBack.value = false;
    expect(state.sorting.value.column).toBe("resident");
  });
});

describe("the chooser", () => {
  const resident = async (locale: "en" | "es" = "en") => {
    const { html } = await render(WithState, {}, locale);
    return /<input[^>]*data-column="resident"[^>]*>[^]*?<\/label>/.exec(html)?.[0] ?? "";
  };

  it("offers what is known", async () => {
    const text = await resident();
    expect(text).toContain("checked");
    expect(text).not.toContain("disabled");
    expect(text).not.toContain("not stored");
  });

  it("says of what is not stored that it is not, and does not offer it", async () => {
    looksBack.value = true;
    const text = await resident();
    expect(text).toContain("disabled");
    expect(text).not.toContain("checked");
    expect(text).toContain("not stored");
    expect(await resident("es")).toContain("no se guarda");
  });
});
