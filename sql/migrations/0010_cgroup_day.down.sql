-- SPDX-License-Identifier: Apache-2.0

CREATE OR REPLACE FUNCTION memmon.forget_cgroups() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  forgotten bigint;
BEGIN
  DELETE FROM memmon.cgroup g
    WHERE g.first_seen_time < memmon.oldest_partition('memmon.event')::timestamp AT TIME ZONE 'UTC'
      AND NOT EXISTS (SELECT FROM memmon.process p
                      WHERE p.host_id = g.host_id AND p.boot_row = g.boot_row
                        AND p.cgroup_id = g.cgroup_id);
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  RETURN forgotten;
END $$;

ALTER TABLE memmon.cgroup DROP COLUMN last_day;
