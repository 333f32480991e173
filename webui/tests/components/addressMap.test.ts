// SPDX-License-Identifier: Apache-2.0
//
// A process's address space: what is known of it, and why nothing is.

import { create } from "@bufbuild/protobuf";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ref, shallowRef } from "vue";
import AddressMap from "@/components/process/AddressMap.vue";
import { type AddressSpace, toAddressSpace } from "@/domain/addressSpace";
import { RegionKind } from "@/gen/memmon/v1/address_space_pb";
import { GetAddressSpaceResponseSchema } from "@/gen/memmon/v1/memmon_pb";
import { row } from "../builders";
import { render } from "./render";

const answer = shallowRef<AddressSpace>();
const problem = shallowRef<{ kind: string; words: string }>();
vi.mock("@/composables/useAddressSpace", () => ({ useAddressSpace: () => ({ answer, problem, atMs: ref(Date.UTC(2020, 1, 3, 12)) }) }));
vi.mock("@/composables/useExport", () => ({ useExport: () => ({}) }));
vi.mock("@/components/ui/ExportMenu.vue", () => ({ default: () => null }));

const space = (coarse: boolean) =>
  toAddressSpace(
    create(GetAddressSpaceResponseSchema, {
      regions: [
        { kind: RegionKind.HEAP, sizeBytes: 256n, mappingCount: 1 },
        { kind: RegionKind.FILE, name: "/usr/lib/libc.so.6", sizeBytes: 768n, mappingCount: 5 },
      ],
      virtualSizeBytes: 1_024n,
      coarse,
      residentAnonymousBytes: 128n,
      residentFileBytes: 64n,
      residentSharedBytes: 32n,
      swappedBytes: 16n,
    }),
  );
const map = (locale: "en" | "es" = "en", ended = false) => render(AddressMap, { row: row(1, { ended }), processKey: "1:1" }, locale);
const plain = (text: string) => text.replaceAll("&nbsp;", " ").replace(/ +/g, " ");

beforeEach(() => {
  answer.value = problem.value = undefined;
});

describe("an address space", () => {
  it("says of when it is, its parts, and what of it is in RAM and in swap", async () => {
    answer.value = space(false);
    const text = plain((await map()).text);
    expect(text).toMatch(/^Address space at Feb 3, 2020, [\d:]+( [AP]M)?, 1\.00 KiB /);
    expect(text).toMatch(/Files .*768 B 75\.0% 5 .*Heap .*256 B 25\.0% 1 /);
    expect(text).toContain("In RAM: memory without a file 128 B pages of files 64 B shared memory 32 B and in swap 16 B");
    expect(text).not.toContain("kernel’s own sums");
  });

  it("says that it is the kernel's sums where memmond may not look closer", async () => {
    answer.value = space(true);
    const { html, text } = await map();
    expect(html).toContain('data-coarse="true"');
    expect(text).toContain("memmond may not read this process’s mappings");
    expect((await map("es")).html).toContain("map-coarse");
  });

  it("is still told where a later look failed", async () => {
    answer.value = space(false);
    problem.value = { kind: "gone", words: "" };
    expect((await map()).html).not.toContain("map-problem");
  });
});

describe("no address space", () => {
  it("is asked for, or is gone with its process", async () => {
    expect((await map()).text).toContain("Asking memmond…");
    expect((await map("en", true)).text).toContain("It has ended: its address space is gone.");
  });

  it.each([
    ["denied", "memmond shows it only with a token"],
    ["old", "it is older than this page"],
    ["recording", "A recording is played"],
    ["gone", "It has gone, or has no address space"],
    ["other", "memmond cannot tell: its own words"],
  ])("says why: %s", async (kind, said) => {
    problem.value = { kind, words: "its own words" };
    const { html, text } = await map();
    expect(html).toContain(`data-kind="${kind}"`);
    expect(text).toContain(said);
    // Nothing reads as a figure.
    expect(html).not.toContain("map-ram");
    expect((await map("es")).text).not.toContain(said);
    // Its own words are English, and for who knows no better.
    expect(/lang="en"[^>]*>its own words</.test(html)).toBe(kind === "other");
  });
});
