-- SPDX-License-Identifier: Apache-2.0
--
-- What questions about the past need besides the minutes.

-- Losses are looked for in long times and are few: this index has those rows
-- alone, and costs all others a comparison.
CREATE INDEX event_lost ON memmon.event (event_time) WHERE kind = 2;

-- Which processes lived at a time.
CREATE INDEX process_end ON memmon.process (host_id, boot_row, end_time);

-- When what is missing happened: after the newest event that was stored by then,
-- and before the oldest one that was stored next. NULL where that is not known.
ALTER TABLE memmon.loss ADD COLUMN after_time timestamptz, ADD COLUMN before_time timestamptz;
