// SPDX-License-Identifier: Apache-2.0

import { expect, it } from "vitest";
import { moreMemory } from "@/domain/memoryAdvice";

it.each([
  [256, "512M"],
  [300, "1G"],
  [512, "1G"],
  [1_024, "2G"],
  [2_048, "4G"],
  [3_072, "8G"],
])("memory of %s MiB is to be %s: more than it is, and room for twice the processes", (mebibytes, advised) => {
  expect(moreMemory(BigInt(mebibytes) * 1_048_576n)).toBe(advised);
});
