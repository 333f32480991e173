// SPDX-License-Identifier: Apache-2.0
//
// The table of the shares: what it says where figures may be late.

import { describe, expect, it, vi } from "vitest";
import { ref } from "vue";
import LateMark from "@/components/ui/LateMark.vue";
import ShareTable from "@/components/shares/ShareTable.vue";
import { computePie } from "@/domain/pie";
import { row } from "../builders";
import { render } from "./render";

vi.mock("@/composables/useRouter", () => ({ useRouter: () => ({ processLink: (key: string) => `#${key}` }) }));
vi.mock("@/composables/useTableState", () => ({ useTableState: () => ({ chosen: ref() }) }));
vi.mock("@/composables/useShares", () => ({ othersKey: "others" }));

it("the mark of what may be late says so to who points at it, and to who listens, in both languages", async () => {
  expect((await render(LateMark)).html).toMatch(/aria-label="may be late: records were lost" title="may be late: records were lost"[^>]*>≈</);
  expect((await render(LateMark, {}, "es")).html).toMatch(/title="puede ir con retraso[^"]*"[^>]*>≈</);
});

describe("shares", () => {
  const rows = [row(1, { requested: 9n }), row(2, { requested: 5n }), row(3, { requested: 2n })];
  const lines = async (uncertain: readonly number[], bars: boolean) => {
    const pie = computePie(rows.map((one) => ({ ...one, uncertain: uncertain.includes(one.pid) })), "requested", 0n, 2);
    const { html } = await render(ShareTable, { pie, looks: new Map(), bars, hovered: undefined });
    return [...html.matchAll(/<tr[^>]*pie-table-row[^]*?<\/tr>/g)].map(([line]) => line.includes("≈"));
  };

  it("are marked where records about a process, or about one of the others, were lost", async () => {
    for (const bars of [false, true]) {
      expect(await lines([], bars)).toEqual([false, false, false]);
      expect(await lines([2], bars)).toEqual([false, true, false]);
      expect(await lines([3], bars)).toEqual([false, false, true]);
    }
  });
});
