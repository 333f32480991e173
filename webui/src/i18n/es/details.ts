// SPDX-License-Identifier: Apache-2.0

import type { Details } from "../messages";
import { addressSpace } from "./addressSpace";
import { alertsWindow } from "./alertsWindow";
import { comparison } from "./comparison";
import { help } from "./help";
import { past } from "./past";
import { process } from "./process";
import { suspects } from "./suspects";

export const details: Details = { ...addressSpace, ...alertsWindow, ...comparison, ...help, ...past, ...process, ...suspects };
