-- SPDX-License-Identifier: Apache-2.0
--
-- What each process did in each minute: a row a process, minute and capture in
-- which it had an event. A thousandth of the events' size on a busy host, so it
-- outlives them. memmond adds to these rows in the transaction that stores the
-- events' range of sequence numbers, so they count each event once, also where
-- the events themselves are not kept.
--
-- What a process holds at the end of a minute: go through its rows of one
-- capture by minute, from 0; where exec_ns is not NULL begin at
-- held_change_bytes, elsewhere add it. Show what is below 0 as 0:
--
--   SELECT minute, greatest(0, sum(held_change_bytes) OVER (
--            PARTITION BY capture_row, image ORDER BY minute)) AS held_bytes
--   FROM (SELECT *, count(exec_ns) OVER (PARTITION BY capture_row ORDER BY minute) AS image
--         FROM memmon.process_minute
--         WHERE host_id = 1 AND boot_row = 1 AND tgid = 4711 AND start_ns = 123) AS of_process
--   ORDER BY capture_row, minute;
--
-- (In a minute that two captures share it has a row of each: add up the rest.)
CREATE TABLE memmon.process_minute (
  minute timestamptz NOT NULL,          -- when it begins, UTC
  start_ns bigint NOT NULL,             -- when the process began: CLOCK_BOOTTIME
  requested_bytes bigint NOT NULL,      -- lengths of mmap calls that succeeded
  released_bytes bigint NOT NULL,       -- lengths of munmap calls that succeeded
  held_change_bytes bigint NOT NULL,    -- mmap - munmap in whole pages: since exec_ns, or all
  virtual_size_bytes bigint NOT NULL,   -- after the minute's last event
  max_virtual_size_bytes bigint NOT NULL,
  -- The event that virtual_size_bytes is of: of one address space the highest
  -- ticket is the last, of two the later time.
  last_ns bigint NOT NULL,              -- CLOCK_BOOTTIME
  last_mm_id bigint NOT NULL,           -- 0: no size is known
  last_ticket bigint NOT NULL,
  exec_ns bigint,                       -- its last EXEC in this minute, CLOCK_BOOTTIME
  mmap_count integer NOT NULL,          -- that succeeded
  munmap_count integer NOT NULL,
  failed_count integer NOT NULL,        -- calls of any kind that the kernel refused
  host_id integer NOT NULL,
  boot_row integer NOT NULL,
  capture_row integer NOT NULL,
  tgid integer NOT NULL,
  CONSTRAINT process_minute_pkey
    PRIMARY KEY (host_id, boot_row, tgid, capture_row, start_ns, minute)
) PARTITION BY RANGE (minute);

-- For a span of time, whatever the process.
CREATE INDEX process_minute_brin ON memmon.process_minute
  USING brin (minute) WITH (pages_per_range = 32, autosummarize = on);

-- Partitions are days (UTC) here, too. Whoever may call this need not own the
-- tables.
CREATE FUNCTION memmon.make_process_minute_partition(day date) RETURNS boolean
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
