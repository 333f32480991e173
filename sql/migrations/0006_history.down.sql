-- SPDX-License-Identifier: Apache-2.0

ALTER TABLE memmon.loss DROP COLUMN after_time, DROP COLUMN before_time;
DROP INDEX memmon.process_end;
DROP INDEX memmon.event_lost;  -- and those of its partitions
