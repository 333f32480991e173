// SPDX-License-Identifier: Apache-2.0
//
// Figures that are part of a sentence: each is exact to who points at it, and each head says what it means.

import { describe, expect, it, vi } from "vitest";
import { ref } from "vue";
import AddressParts from "@/components/process/AddressParts.vue";
import ComparisonTable from "@/components/comparison/ComparisonTable.vue";
import { render } from "./render";

vi.mock("@/composables/useRouter", () => ({ useRouter: () => ({ range: ref(), against: ref() }) }));
const titles = (html: string) => [...html.matchAll(/title="([^"]*)"/g)].map(([, title = ""]) => title.replaceAll("\u00a0", " "));
const spaced = (html: string) => html.replaceAll("&nbsp;", " ");

describe("exact figures", () => {
  it("are those of both ranges that are compared", async () => {
    const side = (bytes: bigint) => ({ requested: bytes, held: 2n * bytes, calls: 3 });
    const line = { id: "a", name: "a", key: undefined, pid: undefined, a: side(1_234_567n), b: side(7n), requested: 1_234_560n, held: 2_469_120n, calls: 0 };
    const { html } = await render(ComparisonTable, { lines: [line, { ...line, id: "b", b: undefined }], others: { a: 5_000n, b: 0n }, sorting: { column: "name", descending: false } });
    const said = titles(spaced(html));
    for (const text of ["1,234,567 bytes · 7 bytes", "2,469,134 bytes · 14 bytes", "1,234,567 bytes · –", "5,000 bytes · 0 bytes"]) expect(said).toContain(text);
  });

  it("are those of an address space's parts, and its heads say what they are", async () => {
    const part = { kind: "heap", bytes: 1_234_567n, share: 0.5, mappings: 2, names: [], colour: 1 };
    const { html } = await render(AddressParts, { parts: [part] });
    expect(titles(spaced(html))).toContain("Heap: 1,234,567 bytes");
    expect([...html.matchAll(/<th scope="col"[^>]*>/g)].map(([head]) => head.includes("title="))).toEqual([false, true, true, true]);
    expect((await render(AddressParts, { parts: [part] }, "es")).html).toContain("Rangos de direcciones que el núcleo lleva como uno");
  });
});
