// SPDX-License-Identifier: Apache-2.0

import type { Details } from "../messages";
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

export const details: Details = { ...addressSpace, ...alertsWindow, ...comparison, ...database, ...help, ...past, ...process, ...source, ...suspects, ...untracked };
