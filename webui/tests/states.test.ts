// SPDX-License-Identifier: Apache-2.0
//
// Whether all that the page can be in is looked at: a state that is new is missed by nobody otherwise.

import { describe, expect, it } from "vitest";
import type { ConnectionState } from "@/domain/connection";
import { scenes } from "@/mock/scenes";
import { states, unseen } from "./browser/states";

/** Under which name each state of the connection is looked at. */
const connections: Record<ConnectionState["name"], string> = {
  connecting: "connecting",
  live: "live",
  recording: "recording",
  paused: "hidden",
  stale: "silent",
  reconnecting: "broken",
  old: "memmond too old",
  token: "a token wanted",
  forbidden: "not allowed",
  waiting: "waiting",
  failed: "failed",
  ended: "ended",
};

const sceneOf = (name: string) => /[?&]scene=(\w+)/.exec(states[name]?.[0] ?? "")?.[1] ?? "live";

describe("the states that are looked at", () => {
  it.each(Object.entries(connections))("are those of the connection: %s", (_, name) => expect(Object.keys(states)).toContain(name));

  it.each(scenes)("are those of every scene, or it is said why not: %s", (scene) => {
    const seen = Object.keys(states).filter((name) => sceneOf(name) === scene);
    expect(seen.length > 0).toBe(unseen[scene] === undefined);
  });
});
