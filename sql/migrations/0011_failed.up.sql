-- SPDX-License-Identifier: Apache-2.0
--
-- Calls that the kernel refused, and places where records were lost: few, and what is
-- asked for first when something is wrong. Of 1,000 events they are one or none, so the
-- index costs next to nothing to keep, and a page of them is found without a look at the
-- others. Its condition is that of ListEvents for failures (store/event_reader.cc): PostgreSQL
-- has to see that it is.

CREATE INDEX event_failed ON memmon.event (host_id, event_time)
  WHERE kind = 2 OR (kind BETWEEN 16 AND 22 AND result BETWEEN -4095 AND -1);
