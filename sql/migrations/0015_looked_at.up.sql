-- SPDX-License-Identifier: Apache-2.0
--
-- When somebody last looked whether a leap of the clock still stands: of several memmonds each would
-- add to stood_seconds what the others had added, and believe it after a part of the hour.
ALTER TABLE memmon.believed_day ADD COLUMN looked_at timestamptz NOT NULL DEFAULT now();
