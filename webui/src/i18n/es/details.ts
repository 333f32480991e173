// SPDX-License-Identifier: Apache-2.0

import type { Details } from "../messages";
import { addressSpace } from "./addressSpace";
import { process } from "./process";
import { suspects } from "./suspects";

export const details: Details = { ...addressSpace, ...process, ...suspects };
