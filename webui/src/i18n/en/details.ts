// SPDX-License-Identifier: Apache-2.0
//
// What a process's own page says, which most visits never open.

import { addressSpace } from "./addressSpace";
import { process } from "./process";

export const details = { ...addressSpace, ...process } as const;
