// SPDX-License-Identifier: Apache-2.0

import { describe, expect, it } from "vitest";
import { EventKind } from "@/gen/memmon/v1/event_pb";
import { errnoName, errorNumber } from "@/domain/errno";
import { mapFlagWords, protWords, remapFlagWords } from "@/domain/flags";
import { flagText, hasFlags, resultText, slimLines, stackedLines, tellsApart } from "@/domain/logText";
import { createTranslator, loadLanguage } from "@/i18n";
import { event } from "../builders";

const { messages: english } = await loadLanguage("en");
const { messages: spanish } = await loadLanguage("es");
const en = createTranslator("en", english);
const es = createTranslator("es", spanish);

describe("flags", () => {
  it("names protection bits, and their absence", () => {
    expect(protWords(0).names).toEqual(["none"]);
    expect(protWords(7).names).toEqual(["read", "write", "exec"]);
  });

  it("reads the type as a number, not as bits", () => {
    expect(mapFlagWords(0x22).names).toEqual(["private", "anonymous"]);
    expect(mapFlagWords(0x01).names).toEqual(["shared"]);
    expect(mapFlagWords(0x03).names).toEqual(["sharedValidate"]);
  });

  it("keeps the bits that it has no name for", () => {
    expect(mapFlagWords(0x8000_0022)).toEqual({ names: ["private", "anonymous"], unknown: 0x8000_0000 });
    expect(mapFlagWords(0x24)).toEqual({ names: ["anonymous"], unknown: 4 });
    expect(remapFlagWords(1).names).toEqual(["mayMove"]);
  });
});

describe("errno", () => {
  it("knows a failed result from an address", () => {
    expect(errorNumber(-12n)).toBe(12);
    expect(errorNumber(0n)).toBeUndefined();
    expect(errorNumber(0x7fff_0000_0000n)).toBeUndefined();
    expect(errorNumber(-4096n)).toBeUndefined();
    expect(errnoName(12)).toBe("ENOMEM");
    expect(errnoName(4000)).toBeUndefined();
  });
});

describe("an event in words", () => {
  it("says protection and flags in both languages", () => {
    const mmap = event({ prot: 3, mapFlags: 0x4022 });
    expect(flagText(mmap, en)).toBe("read, write · private, anonymous, no reserve");
    expect(flagText(mmap, es)).toBe("lectura, escritura · privado, anónimo, sin reserva");
    expect(flagText(event({ prot: 0, mapFlags: 0x40000022 }), en)).toBe("no access · private, anonymous, 0x40000000");
    expect(flagText(event({ kind: EventKind.MUNMAP, prot: 3 }), en)).toBe("");
  });

  it("has flags where a row says any", () => {
    for (const kind of [EventKind.MMAP, EventKind.MUNMAP, EventKind.MREMAP, EventKind.BRK, EventKind.EXIT]) {
      for (const mapFlags of [0, 1]) {
        const one = event({ kind, mapFlags });
        expect(hasFlags(one), `${kind} ${mapFlags}`).toBe(flagText(one, en) !== "");
      }
    }
  });

  it("have a line for why a call failed at an address, which has none left", () => {
    const kinds = Object.values(EventKind).filter((kind) => typeof kind === "number");
    for (const kind of kinds) {
      const failed = event({ kind, address: 4096n, lengthBytes: 1n, result: -22n });
      expect(tellsApart(failed), EventKind[kind]).toBe(resultText(failed, en).failed);
    }
    expect(stackedLines(event({ kind: EventKind.MUNMAP, address: 4096n, lengthBytes: 1n }))).toBe(2);
    expect(stackedLines(event({ kind: EventKind.MUNMAP, address: 4096n, lengthBytes: 1n, result: -22n }))).toBe(3);
    // Left to the kernel, which put it nowhere.
    expect(stackedLines(event({ result: -12n }))).toBe(3);
    expect(stackedLines(event({ address: 4096n, result: -12n }))).toBe(4);
  });

  it("have one more on the narrowest screens, for an address, for a failure, and for flags", () => {
    expect(slimLines(event({ kind: EventKind.EXEC }))).toBe(2);
    expect(slimLines(event({ kind: EventKind.MUNMAP, address: 4096n, lengthBytes: 1n }))).toBe(3);
    expect(slimLines(event({ kind: EventKind.MUNMAP, address: 4096n, lengthBytes: 1n, result: -22n }))).toBe(4);
    expect(slimLines(event({ result: 4096n, lengthBytes: 1n }))).toBe(4);
    expect(slimLines(event({ result: -12n }))).toBe(4);
    expect(slimLines(event({ address: 4096n, result: -12n }))).toBe(5);
  });

  it("explains the errors that people ask about", () => {
    expect(resultText(event({ result: -12n }), en).explained).toContain("vm.max_map_count");
    expect(resultText(event({ result: -12n }), es).explained).toContain("ulimit -v");
    expect(resultText(event({ result: -9n }), en)).toEqual({ text: "EBADF: bad file", failed: true });
  });

  it("says what came of it", () => {
    expect(resultText(event({ result: -12n }), en)).toMatchObject({ text: "ENOMEM: no room for it", failed: true });
    expect(resultText(event({ result: -12n }), es)).toMatchObject({ text: "ENOMEM: no hubo sitio", failed: true });
    expect(resultText(event({ result: -999n }), en)).toEqual({ text: "error 999", failed: true });
    expect(resultText(event({ result: 0n, detailsHidden: true }), en)).toEqual({ text: "done", failed: false });
    expect(resultText(event({ result: -12n, detailsHidden: true }), en).failed).toBe(true);
    expect(resultText(event({ result: 0x7f00n }), en)).toEqual({ text: "done", failed: false });
    const moved = { kind: EventKind.MREMAP, address: 0x1000n };
    expect(resultText(event({ ...moved, result: 0x7000n }), en).text).toBe("moved from 0x1000");
    expect(resultText(event({ ...moved, result: 0x1000n }), es).text).toBe("hecho");
    expect(resultText(event({ kind: EventKind.MUNMAP }), en)).toEqual({ text: "done", failed: false });
    expect(resultText(event({ kind: EventKind.EXIT, result: 9n }), en).text).toBe("signal 9");
    expect(resultText(event({ kind: EventKind.EXIT, result: 256n }), en).text).toBe("code 1");
    expect(resultText(event({ kind: EventKind.FORK, result: 12345n }), es).text).toBe("hijo de 12345");
  });
});
