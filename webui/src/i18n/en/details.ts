// SPDX-License-Identifier: Apache-2.0
//
// What a process's own page says, and windows that most visits never open.

import { addressSpace } from "./addressSpace";
import { help } from "./help";
import { process } from "./process";
import { suspects } from "./suspects";

export const details = { ...addressSpace, ...help, ...process, ...suspects } as const;
