// SPDX-License-Identifier: Apache-2.0
//
// What a process's own page and growth that does not come back say, which most visits never open.

import { addressSpace } from "./addressSpace";
import { process } from "./process";
import { suspects } from "./suspects";

export const details = { ...addressSpace, ...process, ...suspects } as const;
