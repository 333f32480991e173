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

-- Whoever may call these need not own the tables; nobody may but who is told to.
ALTER FUNCTION memmon.make_event_partition(date)
  SECURITY DEFINER SET search_path = pg_catalog, pg_temp;
REVOKE EXECUTE ON FUNCTION memmon.make_event_partition(date),
  memmon.make_process_minute_partition(date), memmon.drop_day(text, date) FROM PUBLIC;
