-- SPDX-License-Identifier: Apache-2.0
--
-- What BRIN has not summed up yet is read by whoever asks about any time of that day, and all of
-- a day of which PostgreSQL does not know yet that events stand in the order of their times: of the
-- newest events that is up to a minute's, until autovacuum comes by. memmond, which does not own
-- the tables, calls this as it writes.

-- Of that day's events; how many ranges of pages were summed up. None where somebody works on
-- the table just now: autovacuum, which does it then itself, is not to be disturbed.
CREATE FUNCTION memmon.summarize_events(day date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
SET lock_timeout = '20ms' AS $$
DECLARE
  name text := 'event_' || to_char(day, 'YYYYMMDD');
  events regclass := to_regclass(format('memmon.%I', name));
  summarized integer := 0;
  item record;
BEGIN
  FOR item IN
    SELECT i.indexrelid::regclass AS name
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
    WHERE i.indrelid = events AND a.amname = 'brin' LOOP
    summarized := summarized + brin_summarize_new_values(item.name);
  END LOOP;
  -- Once a day: from then on autovacuum keeps it.
  IF summarized > 0 AND NOT EXISTS (SELECT FROM pg_stats
      WHERE schemaname = 'memmon' AND tablename = name AND attname = 'event_time') THEN
    EXECUTE format('ANALYZE %s (event_time)', events);
  END IF;
  RETURN summarized;
EXCEPTION WHEN lock_not_available THEN
  RETURN summarized;
END $$;

REVOKE EXECUTE ON FUNCTION memmon.summarize_events(date) FROM PUBLIC;
