-- SPDX-License-Identifier: Apache-2.0
--
-- Hours and days go; events and minutes stay as they are.

-- As 0004, 0005 and 0007 have them.
CREATE OR REPLACE FUNCTION memmon.make_process_minute_partition(day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  name text := 'process_minute_' || to_char(day, 'YYYYMMDD');
  from_time timestamptz := day::timestamp AT TIME ZONE 'UTC';
  to_time timestamptz := (day + 1)::timestamp AT TIME ZONE 'UTC';
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('memmon.make_process_minute_partition'));
  IF to_regclass(format('memmon.%I', name)) IS NOT NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('CREATE TABLE memmon.%I (LIKE memmon.process_minute INCLUDING ALL)', name);
  EXECUTE format('ALTER TABLE memmon.process_minute ATTACH PARTITION memmon.%I'
                 ' FOR VALUES FROM (%L) TO (%L)', name, from_time, to_time);
  RETURN true;
END $$;

CREATE OR REPLACE FUNCTION memmon.drop_day(parent text, day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  name text := parent || '_' || to_char(day, 'YYYYMMDD');
BEGIN
  IF parent NOT IN ('event', 'process_minute') THEN
    RAISE EXCEPTION 'memmon.% has no days', parent;
  END IF;
  IF day >= (now() AT TIME ZONE 'UTC')::date THEN
    RAISE EXCEPTION 'day % is not over', day;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_inherits
                 WHERE inhparent = to_regclass(format('memmon.%I', parent))
                   AND inhrelid = to_regclass(format('memmon.%I', name))) THEN
    RETURN false;
  END IF;
  EXECUTE format('DROP TABLE memmon.%I', name);
  RETURN true;
END $$;

CREATE OR REPLACE FUNCTION memmon.oldest_day() RETURNS date
LANGUAGE sql STABLE AS $$
  SELECT min(to_date(right(c.relname, 8), 'YYYYMMDD'))
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent IN ('memmon.event'::regclass, 'memmon.process_minute'::regclass)
    AND c.relname ~ '_[0-9]{8}$'
$$;

CREATE OR REPLACE FUNCTION memmon.forget() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  horizon timestamptz;
  forgotten bigint;
BEGIN
  PERFORM FROM memmon.capture
    WHERE last_event_time < memmon.oldest_day()::timestamp AT TIME ZONE 'UTC' FOR UPDATE;
  -- Looked at again: what was waited for may have come as late as that.
  horizon := memmon.oldest_day()::timestamp AT TIME ZONE 'UTC';
  DELETE FROM memmon.ingest_range WHERE (host_id, capture_row) IN
    (SELECT host_id, capture_row FROM memmon.capture WHERE last_event_time < horizon);
  DELETE FROM memmon.loss WHERE (host_id, capture_row) IN
    (SELECT host_id, capture_row FROM memmon.capture WHERE last_event_time < horizon);
  DELETE FROM memmon.capture WHERE last_event_time < horizon;
  DELETE FROM memmon.process p WHERE p.end_time < horizon
    OR (p.end_time IS NULL
        AND NOT EXISTS (SELECT FROM memmon.capture c
                        WHERE c.host_id = p.host_id AND c.boot_row = p.boot_row));
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  RETURN forgotten;
END $$;

DROP FUNCTION memmon.drop_coarse(date);
DROP FUNCTION memmon.roll_up_next();
DROP FUNCTION memmon.roll_up(integer, timestamptz);
DROP FUNCTION memmon.add_up(integer, text, timestamptz, boolean);
DROP FUNCTION memmon.oldest_partition(regclass);
DROP TABLE memmon.process_hour, memmon.process_day, memmon.host_hour, memmon.host_day,
  memmon.rollup_due, memmon.minutes_gone;
