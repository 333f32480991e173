-- SPDX-License-Identifier: Apache-2.0
--
-- The day of the last event that a cgroup may have. It was told once and went by the day
-- on which it was first seen: one that lived on while its processes were forgotten had no
-- name from then on, nor had what it did before these went into other cgroups.

ALTER TABLE memmon.cgroup ADD COLUMN last_day date;  -- UTC
UPDATE memmon.cgroup SET last_day = (now() AT TIME ZONE 'UTC')::date;
ALTER TABLE memmon.cgroup ALTER COLUMN last_day SET NOT NULL;

-- Takes those of which no process is left, once no event is: a process that went into
-- another cgroup is known by the last one. memmon.forget() comes before it. Whoever writes
-- events of a later day than last_day tells the cgroup again.
CREATE OR REPLACE FUNCTION memmon.forget_cgroups() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  forgotten bigint;
BEGIN
  DELETE FROM memmon.cgroup g
    WHERE g.last_day < memmon.oldest_partition('memmon.event')
      AND NOT EXISTS (SELECT FROM memmon.process p
                      WHERE p.host_id = g.host_id AND p.boot_row = g.boot_row
                        AND p.cgroup_id = g.cgroup_id);
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  RETURN forgotten;
END $$;
