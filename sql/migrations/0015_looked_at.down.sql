-- SPDX-License-Identifier: Apache-2.0

ALTER TABLE memmon.believed_day DROP COLUMN looked_at;
