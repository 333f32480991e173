-- SPDX-License-Identifier: Apache-2.0
--
-- Books and processes go when nothing is left of what they are about, and not
-- before: an event that comes late must be known, if it is there.

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

REVOKE EXECUTE ON FUNCTION memmon.forget() FROM PUBLIC;
