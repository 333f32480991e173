// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { SourceStatus_State as SourceState } from "@/gen/memmon/v1/status_pb";
import { type ConnectionFacts, commandIn, connectionState } from "@/domain/connection";
import { backoffDelay } from "@/domain/backoff";
import { RateMeter } from "@/domain/rate";

const open: ConnectionFacts = { phase: { name: "open" }, nowMs: 10_000, lastMessageMs: 9_000, source: SourceState.LIVE, sourceName: "device:/dev/memmon" };

describe("connectionState", () => {
  it("is live, connecting or paused as the stream is", () => {
    expect(connectionState(open).name).toBe("live");
    expect(connectionState({ ...open, phase: { name: "connecting", attempt: 0 } }).name).toBe("connecting");
    expect(connectionState({ ...open, phase: { name: "hidden" } }).name).toBe("paused");
  });

  it("is no live host while a recording is played", () => {
    const played = { ...open, sourceName: "replay:/var/tmp/build.trace" };
    expect(connectionState(played).name).toBe("recording");
    expect(connectionState({ ...played, source: SourceState.ENDED }).name).toBe("ended");
    expect(connectionState({ ...played, nowMs: 17_400 }).name).toBe("stale");
  });

  it("goes stale with an age when nothing is heard", () => {
    expect(connectionState({ ...open, nowMs: 14_000 }).name).toBe("live");
    expect(connectionState({ ...open, nowMs: 17_400 })).toEqual({ name: "stale", ageSeconds: 8 });
  });

  it("counts down to the next try, and stays reconnecting while it tries", () => {
    const waiting = { name: "waiting", attempt: 2, retryAtMs: 12_100, reason: { kind: "ended", words: "" } } as const;
    expect(connectionState({ ...open, phase: waiting })).toEqual({ name: "reconnecting", inSeconds: 3 });
    expect(connectionState({ ...open, phase: waiting, nowMs: 13_000 })).toEqual({ name: "reconnecting", inSeconds: 0 });
    expect(connectionState({ ...open, phase: { name: "connecting", attempt: 1 } })).toEqual({
      name: "reconnecting",
      inSeconds: undefined,
    });
  });

  it.each(["old", "token", "forbidden"] as const)("says how memmond refuses: %s", (refusal) => {
    expect(connectionState({ ...open, phase: { name: "refused", refusal, words: "" } })).toEqual({ name: refusal });
  });

  it("tells what is wrong with the source", () => {
    expect(connectionState({ ...open, source: SourceState.WAITING }).name).toBe("waiting");
    expect(connectionState({ ...open, source: SourceState.FAILED }).name).toBe("failed");
    expect(connectionState({ ...open, source: SourceState.ENDED }).name).toBe("ended");
    expect(connectionState({ ...open, source: undefined }).name).toBe("live");
  });
});

describe("commandIn", () => {
  it.each([
    ["the module is not loaded. Type: sudo modprobe memmon", "sudo modprobe memmon"],
    [
      'not loaded. Type: make -C kmod KBUILD_OUT="$PWD/build/kmod/host" && sudo insmod build/kmod/host/memmon.ko (or, to keep it: scripts/install)',
      'make -C kmod KBUILD_OUT="$PWD/build/kmod/host" && sudo insmod build/kmod/host/memmon.ko',
    ],
    ["type `modprobe memmon` and wait", "modprobe memmon"],
    ["not permitted (sudo usermod -aG memmon ana).", "sudo usermod -aG memmon ana"],
    ["sudo insmod memmon.ko; then try again", "sudo insmod memmon.ko"],
    ["Type: sudo usermod -aG memmon $USER (and log in again), or run memmond with sudo", "sudo usermod -aG memmon $USER"],
    ["is in use. To see by whom, type: sudo fuser -v /dev/memmon", "sudo fuser -v /dev/memmon"],
    ["the disk is full", undefined],
    ["", undefined],
  ])("finds what to type in %j", (problem, command) => expect(commandIn(problem)).toBe(command));
});

describe("backoffDelay", () => {
  it("doubles up to its bound", () => {
    const exact = [1, 2, 3, 4, 5, 6, 100].map((attempt) => backoffDelay(attempt, undefined, () => 0));
    expect(exact).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it("takes at most its jitter away", () => expect(backoffDelay(3, undefined, () => 1)).toBe(1_600));
});

describe("RateMeter", () => {
  it("measures over its window, and knows nothing where nobody looked", () => {
    const rate = new RateMeter(3_000);
    rate.add(0, 0n);
    expect(rate.perSecond(0)).toBeUndefined();
    rate.add(1_000, 100n);
    expect(rate.perSecond(1_000)).toBe(100);
    rate.add(2_000, 300n);
    expect(rate.perSecond(2_000)).toBe(150);
    expect(rate.perSecond(60_000)).toBeUndefined();
  });

  it("falls to 0 where it was looked at, and nothing came", () => {
    const rate = new RateMeter(3_000);
    for (let second = 0; second < 6; second++) rate.add(second * 1_000, 100n);
    expect(rate.perSecond(5_000)).toBe(0);
    rate.reset();
    expect(rate.perSecond(5_000)).toBeUndefined();
  });

  it("starts anew when the counter does", () => {
    const rate = new RateMeter();
    rate.add(0, 1_000n);
    rate.add(1_000, 5n);
    expect(rate.perSecond(1_000)).toBeUndefined();
  });
});
