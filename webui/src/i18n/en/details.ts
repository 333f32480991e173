// SPDX-License-Identifier: Apache-2.0
//
// What a process's own page says, and windows and views that most visits never open.

import { addressSpace } from "./addressSpace";
import { alertsWindow } from "./alertsWindow";
import { comparison } from "./comparison";
import { help } from "./help";
import { past } from "./past";
import { process } from "./process";
import { suspects } from "./suspects";

export const details = { ...addressSpace, ...alertsWindow, ...comparison, ...help, ...past, ...process, ...suspects } as const;
