// SPDX-License-Identifier: Apache-2.0

import type { Details } from "../messages";
import { addressSpace } from "./addressSpace";
import { help } from "./help";
import { process } from "./process";
import { suspects } from "./suspects";

export const details: Details = { ...addressSpace, ...help, ...process, ...suspects };
