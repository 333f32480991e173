// SPDX-License-Identifier: Apache-2.0
//
// The window of the keys: what the page is, as on a first visit, and which memmond it is of.

import { create } from "@bufbuild/protobuf";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { ref, shallowRef } from "vue";
import HelpDialog from "@/components/header/HelpDialog.vue";
import { shortcuts } from "@/domain/shortcuts";
import { type GetStatusResponse, GetStatusResponseSchema } from "@/gen/memmon/v1/memmon_pb";
import { render } from "./render";

const status = shallowRef<GetStatusResponse>();
vi.mock("@/composables/useMonitor", () => ({ useMonitor: () => ({ status }) }));
vi.mock("@/composables/useShortcuts", () => ({ useShortcuts: () => ({ letters: ref(true), setLetters: () => undefined }) }));

beforeEach(() => {
  status.value = create(GetStatusResponseSchema, { service: { version: "4.5.6" } });
});

describe("help", () => {
  it("says what a first visit is told, and each key", async () => {
    const { text, html } = await render(HelpDialog);
    expect(text).toContain("memmon shows which process of this host asks the kernel for memory");
    expect(text).toContain("set alerts at the bell");
    expect(html.match(/<dd/g)).toHaveLength(shortcuts.length);
    expect(text).not.toContain("help.");
  });

  it("says which memmond this is, once it has said so", async () => {
    expect((await render(HelpDialog)).text).toContain("memmond 4.5.6, which this page came from");
    expect((await render(HelpDialog, {}, "es")).text).toContain("memmond 4.5.6, del que viene esta página");
    status.value = undefined;
    expect((await render(HelpDialog)).text).not.toContain("which this page came from");
  });
});
