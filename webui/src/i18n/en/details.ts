// SPDX-License-Identifier: Apache-2.0
//
// What a process's own page says, windows and views that most visits never open, and what is rarely wrong.

import { addressSpace } from "./addressSpace";
import { alertsWindow } from "./alertsWindow";
import { comparison } from "./comparison";
import { database } from "./database";
import { help } from "./help";
import { past } from "./past";
import { process } from "./process";
import { source } from "./source";
import { suspects } from "./suspects";
import { untracked } from "./untracked";

export const details = { ...addressSpace, ...alertsWindow, ...comparison, ...database, ...help, ...past, ...process, ...source, ...suspects, ...untracked } as const;
