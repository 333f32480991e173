-- SPDX-License-Identifier: Apache-2.0
--
-- Which container, or systemd unit, a cgroup was of. The kernel tells ids alone, and a
-- cgroup that has gone cannot be asked.

CREATE TABLE memmon.cgroup (
  host_id integer NOT NULL,
  boot_row integer NOT NULL,
  cgroup_id bigint NOT NULL,            -- not given twice in a boot
  container text NOT NULL,              -- "ssh.service"; written as event.process_name
  first_seen_time timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (host_id, boot_row, cgroup_id),
  FOREIGN KEY (host_id, boot_row) REFERENCES memmon.boot
);

-- Takes those of which no process is left, once no event is: a process that went into
-- another cgroup is known by the last one. memmon.forget() comes before it.
CREATE FUNCTION memmon.forget_cgroups() RETURNS bigint
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

REVOKE EXECUTE ON FUNCTION memmon.forget_cgroups() FROM PUBLIC;
