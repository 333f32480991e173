-- SPDX-License-Identifier: Apache-2.0
--
-- What each process did in each hour and day (UTC), added up from its minutes:
-- for questions about long times, and for those of which no minutes are kept
-- any more. The columns of process_hour and process_day mean what those of
-- process_minute do; what is held adds up in the same way.
--
-- Most processes of a busy host live for seconds, and nobody asks for each of
-- them a month later. Those that began and ended within the hour (the day) have a
-- row only where they are among its 100 that requested most, so that who requested
-- most in a span is known of any number up to that (kMaxSlices of the API);
-- host_hour and host_day know how many the others are, and what they requested.
--
-- An hour is added up once it is over, as a whole, and again when more of it
-- comes late. In between it is due. So: what an hour has here is what its minutes
-- have, unless rollup_due has the hour; what a day has here likewise, unless
-- rollup_due has an hour of it.

CREATE TABLE memmon.process_hour (
  hour timestamptz NOT NULL,            -- when it begins
  start_ns bigint NOT NULL,
  requested_bytes bigint NOT NULL,
  released_bytes bigint NOT NULL,
  held_change_bytes bigint NOT NULL,
  virtual_size_bytes bigint NOT NULL,
  max_virtual_size_bytes bigint NOT NULL,
  last_ns bigint NOT NULL,
  last_mm_id bigint NOT NULL,
  last_ticket bigint NOT NULL,
  exec_ns bigint,
  mmap_count bigint NOT NULL,
  munmap_count bigint NOT NULL,
  failed_count bigint NOT NULL,
  host_id integer NOT NULL,
  boot_row integer NOT NULL,
  capture_row integer NOT NULL,
  tgid integer NOT NULL,
  CONSTRAINT process_hour_pkey
    PRIMARY KEY (host_id, boot_row, tgid, capture_row, start_ns, hour)
);
CREATE INDEX process_hour_time ON memmon.process_hour (host_id, hour);

CREATE TABLE memmon.process_day (LIKE memmon.process_hour);
ALTER TABLE memmon.process_day RENAME COLUMN hour TO day;
ALTER TABLE memmon.process_day ADD CONSTRAINT process_day_pkey
  PRIMARY KEY (host_id, boot_row, tgid, capture_row, start_ns, day);
CREATE INDEX process_day_time ON memmon.process_day (host_id, day);

-- All processes of the host.
CREATE TABLE memmon.host_hour (
  hour timestamptz NOT NULL,
  requested_bytes bigint NOT NULL,
  call_count bigint NOT NULL,           -- failed ones included
  -- Of those without a row in process_hour:
  passing_bytes bigint NOT NULL,        -- requested
  passing_count bigint NOT NULL,        -- processes that requested anything
  host_id integer NOT NULL,
  CONSTRAINT host_hour_pkey PRIMARY KEY (host_id, hour)
);
CREATE TABLE memmon.host_day (LIKE memmon.host_hour);
ALTER TABLE memmon.host_day RENAME COLUMN hour TO day;
ALTER TABLE memmon.host_day ADD CONSTRAINT host_day_pkey PRIMARY KEY (host_id, day);

-- Hours of which minutes were written that are not added up yet. Whoever writes
-- minutes has first put, and locked, their hours here; so whoever holds the lock
-- of a row of this table sees all minutes of that hour.
CREATE TABLE memmon.rollup_due (
  host_id integer NOT NULL REFERENCES memmon.host,
  hour timestamptz NOT NULL,
  CONSTRAINT rollup_due_pkey PRIMARY KEY (host_id, hour)
);

-- Days whose minutes were dropped. Minutes of them that come later are added to
-- what the hour had, and go at once.
CREATE TABLE memmon.minutes_gone (
  day date PRIMARY KEY
);

-- Adds up one unit ('hour', 'day') that begins at from_time, from the next finer
-- one. `anew`: instead of what is there, else to it.
CREATE FUNCTION memmon.add_up(of_host integer, unit text, from_time timestamptz, anew boolean)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  finer text := CASE unit WHEN 'hour' THEN 'minute' WHEN 'day' THEN 'hour' END;
  -- A day has 24 hours in UTC, whatever the session's time zone.
  to_time timestamptz := from_time + CASE unit WHEN 'hour' THEN interval '1 hour'
                                               ELSE interval '24 hours' END;
  -- What passed in finer units has no rows there.
  passing text := CASE unit WHEN 'hour' THEN '(SELECT 0 AS bytes, 0 AS count)'
    ELSE '(SELECT coalesce(sum(passing_bytes), 0) AS bytes, coalesce(sum(passing_count), 0) AS count'
         ' FROM memmon.host_hour WHERE host_id = $1 AND hour >= $2 AND hour < $3)' END;
  total text := CASE unit WHEN 'hour' THEN '(SELECT sum(requested_bytes) AS bytes,'
         ' sum(mmap_count + munmap_count + failed_count) AS calls FROM of_capture)'
    ELSE '(SELECT sum(requested_bytes) AS bytes, sum(call_count) AS calls'
         ' FROM memmon.host_hour WHERE host_id = $1 AND hour >= $2 AND hour < $3)' END;
BEGIN
  IF anew THEN
    EXECUTE format('DELETE FROM memmon.process_%1$s WHERE host_id = $1 AND %1$s = $2', unit)
      USING of_host, from_time;
    EXECUTE format('DELETE FROM memmon.host_%1$s WHERE host_id = $1 AND %1$s = $2', unit)
      USING of_host, from_time;
  END IF;
  EXECUTE format($sql$
    WITH part AS (
      SELECT *, max(%1$s) FILTER (WHERE exec_ns IS NOT NULL) OVER
        (PARTITION BY boot_row, tgid, start_ns, capture_row) AS exec_part
      FROM memmon.process_%1$s WHERE host_id = $1 AND %1$s >= $2 AND %1$s < $3),
    of_capture AS (
      SELECT boot_row, tgid, start_ns, capture_row,
        least(sum(requested_bytes), 9223372036854775807)::bigint AS requested_bytes,
        least(sum(released_bytes), 9223372036854775807)::bigint AS released_bytes,
        -- An exec leaves nothing of what was held before it.
        greatest(-9223372036854775807, least(9223372036854775807, sum(held_change_bytes)
          FILTER (WHERE exec_part IS NULL OR %1$s >= exec_part)))::bigint AS held_change_bytes,
        max(max_virtual_size_bytes) AS max_virtual_size_bytes,
        max(ARRAY[extract(epoch FROM %1$s)::bigint, virtual_size_bytes, last_ns, last_mm_id,
                  last_ticket]) AS last,
        max(exec_ns) AS exec_ns, sum(mmap_count)::bigint AS mmap_count,
        sum(munmap_count)::bigint AS munmap_count, sum(failed_count)::bigint AS failed_count
      FROM part GROUP BY 1, 2, 3, 4),
    ended AS (
      SELECT o.boot_row, o.tgid, o.start_ns, sum(o.requested_bytes) AS bytes
      FROM of_capture o
        LEFT JOIN memmon.process p ON p.host_id = $1 AND p.boot_row = o.boot_row
          AND p.tgid = o.tgid AND p.start_ns = o.start_ns
        LEFT JOIN memmon.capture c ON c.host_id = $1 AND c.capture_row = o.capture_row
      GROUP BY 1, 2, 3
      HAVING bool_and(coalesce(p.end_time < $3 AND p.start_ns + c.realtime_offset_ns
                               >= extract(epoch FROM $2)::bigint * 1000000000, false))),
    passing AS (
      SELECT boot_row, tgid, start_ns, bytes FROM ended
      ORDER BY bytes DESC, tgid, start_ns, boot_row OFFSET 100),
    of_host AS (
      INSERT INTO memmon.host_%2$s AS r
        (%2$s, requested_bytes, call_count, passing_bytes, passing_count, host_id)
      SELECT $2, least(t.bytes, 9223372036854775807), t.calls,
        least(f.bytes + coalesce((SELECT sum(bytes) FROM passing), 0), 9223372036854775807),
        f.count + (SELECT count(*) FROM passing WHERE bytes > 0), $1
      FROM %3$s t, %4$s f WHERE t.calls IS NOT NULL
      ON CONFLICT ON CONSTRAINT host_%2$s_pkey DO UPDATE SET
        requested_bytes = least(r.requested_bytes, 9223372036854775807 - excluded.requested_bytes)
          + excluded.requested_bytes,
        call_count = r.call_count + excluded.call_count,
        passing_bytes = least(r.passing_bytes, 9223372036854775807 - excluded.passing_bytes)
          + excluded.passing_bytes,
        passing_count = r.passing_count + excluded.passing_count)
    INSERT INTO memmon.process_%2$s AS r (%2$s, start_ns, requested_bytes, released_bytes,
      held_change_bytes, virtual_size_bytes, max_virtual_size_bytes, last_ns, last_mm_id,
      last_ticket, exec_ns, mmap_count, munmap_count, failed_count, host_id, boot_row,
      capture_row, tgid)
    SELECT $2, start_ns, requested_bytes, released_bytes, held_change_bytes, last[2],
      max_virtual_size_bytes, last[3], last[4], last[5], exec_ns, mmap_count, munmap_count,
      failed_count, $1, boot_row, capture_row, tgid
    FROM of_capture o
    WHERE NOT EXISTS (SELECT FROM passing p WHERE p.boot_row = o.boot_row AND p.tgid = o.tgid
                        AND p.start_ns = o.start_ns)
    ON CONFLICT ON CONSTRAINT process_%2$s_pkey DO UPDATE SET
      requested_bytes = least(r.requested_bytes, 9223372036854775807 - excluded.requested_bytes)
        + excluded.requested_bytes,
      released_bytes = least(r.released_bytes, 9223372036854775807 - excluded.released_bytes)
        + excluded.released_bytes,
      held_change_bytes = CASE
        WHEN excluded.exec_ns > coalesce(r.exec_ns, 0) THEN excluded.held_change_bytes
        WHEN r.exec_ns > excluded.last_ns THEN r.held_change_bytes
        ELSE greatest(-9223372036854775807, least(9223372036854775807,
          r.held_change_bytes::numeric + excluded.held_change_bytes))::bigint END,
      virtual_size_bytes = CASE WHEN excluded.last_ns > r.last_ns
        THEN excluded.virtual_size_bytes ELSE r.virtual_size_bytes END,
      last_mm_id = CASE WHEN excluded.last_ns > r.last_ns
        THEN excluded.last_mm_id ELSE r.last_mm_id END,
      last_ticket = CASE WHEN excluded.last_ns > r.last_ns
        THEN excluded.last_ticket ELSE r.last_ticket END,
      last_ns = greatest(r.last_ns, excluded.last_ns),
      max_virtual_size_bytes =
        greatest(r.max_virtual_size_bytes, excluded.max_virtual_size_bytes),
      exec_ns = greatest(r.exec_ns, excluded.exec_ns),
      mmap_count = r.mmap_count + excluded.mmap_count,
      munmap_count = r.munmap_count + excluded.munmap_count,
      failed_count = r.failed_count + excluded.failed_count
  $sql$, finer, unit, total, passing) USING of_host, from_time, to_time;
END $$;

-- Adds up an hour that is due, and its day where nothing else of that is.
-- Whoever is about to write its minutes is waited for, or waits.
CREATE FUNCTION memmon.roll_up(of_host integer, of_hour timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  of_day timestamptz := date_trunc('day', of_hour, 'UTC');
  gone boolean;
BEGIN
  DELETE FROM memmon.rollup_due WHERE host_id = of_host AND hour = of_hour;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  gone := EXISTS (SELECT FROM memmon.minutes_gone WHERE day = (of_hour AT TIME ZONE 'UTC')::date);
  PERFORM memmon.add_up(of_host, 'hour', of_hour, NOT gone);
  IF gone THEN
    DELETE FROM memmon.process_minute
      WHERE host_id = of_host AND minute >= of_hour AND minute < of_hour + interval '1 hour';
  END IF;
  IF NOT EXISTS (SELECT FROM memmon.rollup_due WHERE host_id = of_host AND hour >= of_day
                   AND hour < of_day + interval '24 hours') THEN
    PERFORM memmon.add_up(of_host, 'day', of_day, true);
  END IF;
END $$;

-- The same for the oldest hour that is due, over, and not being written. Says
-- which; NULL where there is none. Call it until then, each time in a transaction
-- of its own, so that nobody waits longer than one hour's sums take.
CREATE FUNCTION memmon.roll_up_next() RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  due record;
BEGIN
  SELECT d.host_id, d.hour INTO due FROM memmon.rollup_due d
    WHERE d.hour + interval '1 hour' <= greatest(now(),
      (SELECT max(c.last_event_time) FROM memmon.capture c WHERE c.host_id = d.host_id))
    ORDER BY d.hour, d.host_id LIMIT 1 FOR UPDATE OF d SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  PERFORM memmon.roll_up(due.host_id, due.hour);
  RETURN due.hour;
END $$;

-- The first day that a table of days has a partition for.
CREATE FUNCTION memmon.oldest_partition(parent regclass) RETURNS date
LANGUAGE sql STABLE AS $$
  SELECT min(to_date(right(c.relname, 8), 'YYYYMMDD'))
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = parent AND c.relname ~ '_[0-9]{8}$'
$$;

-- As before; but every row of a page may be added to in one transaction, several
-- times in its minute, and then there is room for it in place: the index stays as it
-- is, and what was there before needs no vacuum.
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
  EXECUTE format('CREATE TABLE memmon.%I (LIKE memmon.process_minute INCLUDING ALL)'
                 ' WITH (fillfactor = 50)', name);
  EXECUTE format('ALTER TABLE memmon.process_minute ATTACH PARTITION memmon.%I'
                 ' FOR VALUES FROM (%L) TO (%L)', name, from_time, to_time);
  RETURN true;
END $$;

-- As before, but minutes go only once they are added up.
CREATE OR REPLACE FUNCTION memmon.drop_day(parent text, day date) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  name text := parent || '_' || to_char(day, 'YYYYMMDD');
  from_time timestamptz := day::timestamp AT TIME ZONE 'UTC';
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
  IF parent = 'process_minute' THEN
    PERFORM memmon.roll_up(due.host_id, due.hour)
      FROM (SELECT host_id, hour FROM memmon.rollup_due
            WHERE hour >= from_time AND hour < from_time + interval '24 hours'
            ORDER BY host_id, hour FOR UPDATE) due;
    INSERT INTO memmon.minutes_gone VALUES (day) ON CONFLICT DO NOTHING;
  END IF;
  EXECUTE format('DROP TABLE memmon.%I', name);
  RETURN true;
END $$;

-- Takes hours and days before `day` of which no minutes are kept. Says how many
-- rows of hours went.
CREATE FUNCTION memmon.drop_coarse(before date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  first_day date := least(before, memmon.oldest_partition('memmon.process_minute'));
  first_time timestamptz := first_day::timestamp AT TIME ZONE 'UTC';
  dropped bigint;
BEGIN
  DELETE FROM memmon.process_day WHERE day < first_time;
  DELETE FROM memmon.host_day WHERE day < first_time;
  DELETE FROM memmon.host_hour WHERE hour < first_time;
  DELETE FROM memmon.minutes_gone WHERE day < first_day;
  DELETE FROM memmon.process_hour WHERE hour < first_time;
  GET DIAGNOSTICS dropped = ROW_COUNT;
  RETURN dropped;
END $$;

-- Hours and days are something left, too.
CREATE OR REPLACE FUNCTION memmon.oldest_day() RETURNS date
LANGUAGE sql STABLE AS $$
  SELECT least(memmon.oldest_partition('memmon.event'),
               memmon.oldest_partition('memmon.process_minute'),
               ((SELECT min(hour) FROM memmon.host_hour) AT TIME ZONE 'UTC')::date)
$$;

-- As before; but of the processes that ended before what events and minutes are
-- kept, only those stay that hours or days tell of.
CREATE OR REPLACE FUNCTION memmon.forget() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  horizon timestamptz;
  fine_horizon timestamptz;
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
  fine_horizon := least(memmon.oldest_partition('memmon.event'),
    memmon.oldest_partition('memmon.process_minute'))::timestamp AT TIME ZONE 'UTC';
  DELETE FROM memmon.process p
    WHERE (p.end_time < fine_horizon
           AND NOT EXISTS (SELECT FROM memmon.process_day d
                           WHERE d.host_id = p.host_id AND d.boot_row = p.boot_row
                             AND d.tgid = p.tgid AND d.start_ns = p.start_ns)
           AND NOT EXISTS (SELECT FROM memmon.process_hour d
                           WHERE d.host_id = p.host_id AND d.boot_row = p.boot_row
                             AND d.tgid = p.tgid AND d.start_ns = p.start_ns))
       OR (p.end_time IS NULL
           AND NOT EXISTS (SELECT FROM memmon.capture c
                           WHERE c.host_id = p.host_id AND c.boot_row = p.boot_row));
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  RETURN forgotten;
END $$;

REVOKE EXECUTE ON FUNCTION memmon.add_up(integer, text, timestamptz, boolean),
  memmon.roll_up(integer, timestamptz), memmon.roll_up_next(), memmon.drop_coarse(date)
  FROM PUBLIC;

-- What is stored is due: memmond adds it up, an hour at a time, while it runs.
INSERT INTO memmon.rollup_due (host_id, hour)
SELECT DISTINCT c.host_id, h.hour
FROM memmon.capture c
  JOIN pg_inherits i ON i.inhparent = 'memmon.process_minute'::regclass
  JOIN pg_class p ON p.oid = i.inhrelid AND p.relname ~ '_[0-9]{8}$',
  LATERAL (SELECT to_date(right(p.relname, 8), 'YYYYMMDD')::timestamp AT TIME ZONE 'UTC'
             + n * interval '1 hour' AS hour FROM generate_series(0, 23) n) h
WHERE h.hour + interval '1 hour' > c.first_event_time AND h.hour <= c.last_event_time;
