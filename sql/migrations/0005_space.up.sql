-- SPDX-License-Identifier: Apache-2.0
--
-- What keeps memmon to its space, and lets it do so without owning the tables.

-- How many events of a range have no row in memmon.event because memmond was
-- told to leave them out (--store, --keep-bytes). They are in process_minute.
-- An event is never stored later than its range, whatever memmond is told then.
ALTER TABLE memmon.ingest_range ADD COLUMN left_out_count bigint NOT NULL DEFAULT 0;

-- A day goes as a whole. The lock that takes is short, but must be had: set
-- lock_timeout before, or all who come later wait as long as this does.
CREATE FUNCTION memmon.drop_day(parent text, day date) RETURNS boolean
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

-- The first day that either table has room for. What is over before it has no
-- row left: its books may go, and an event that comes as late as that is
-- stored as if it were new.
CREATE FUNCTION memmon.oldest_day() RETURNS date
LANGUAGE sql STABLE AS $$
  SELECT min(to_date(right(c.relname, 8), 'YYYYMMDD'))
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent IN ('memmon.event'::regclass, 'memmon.process_minute'::regclass)
    AND c.relname ~ '_[0-9]{8}$'
$$;

-- Takes captures whose events and rollups are all gone, with their books, and
-- processes that ended before, or of whose end nobody told while their boot has
-- no capture any more. Whoever is about to add to such a capture is waited for,
-- or waits and then begins it anew. Says how many processes went.
CREATE FUNCTION memmon.forget() RETURNS bigint
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

-- Whoever may call these need not own the tables; nobody may but who is told to.
ALTER FUNCTION memmon.make_event_partition(date)
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
REVOKE EXECUTE ON FUNCTION memmon.make_event_partition(date),
  memmon.make_process_minute_partition(date), memmon.drop_day(text, date),
  memmon.forget() FROM PUBLIC;
