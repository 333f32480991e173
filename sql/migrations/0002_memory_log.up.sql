-- SPDX-License-Identifier: Apache-2.0
--
-- The view for people who know the first systems of this kind: one row for
-- each mmap and munmap, five columns, nothing to join. Calls the kernel
-- refused are left out, so that a process's sum of mmap minus its sum of
-- munmap means something. Ask with a time range, and only its days are read:
--
--   SELECT * FROM memmon.memory_log
--   WHERE "timestamp" > now() - interval '5 minutes' ORDER BY "timestamp" DESC;

CREATE VIEW memmon.memory_log AS
SELECT
  tgid AS pid,
  process_name,
  CASE kind WHEN 16 THEN 'mmap' ELSE 'munmap' END AS call_type,
  length_bytes AS memory_size,  -- bytes
  event_time AS "timestamp"
FROM memmon.event
WHERE kind IN (16, 17)
  AND (result >= 0 OR result < -4095);  -- not an errno

-- Anyone who may connect may read this view, and nothing else of memmon.
GRANT USAGE ON SCHEMA memmon TO PUBLIC;
GRANT SELECT ON memmon.memory_log TO PUBLIC;
