-- SPDX-License-Identifier: Apache-2.0
--
-- The tables of memmon. Everything lives in schema memmon, and memmond is its
-- only writer.
--
--   host     a machine, by its machine id
--   boot     one run of that machine's kernel
--   capture  one opening of /dev/memmon in that boot: sequence numbers begin
--            anew with each
--   process  names (host, boot, tgid, start time): pids come round again
--   event    what happened, a row a record; partitioned by day
--   ingest_range, loss   the books: what is stored, and what is known not to be
--
-- host_id is part of every key, so that many hosts can write to one database,
-- and so that the tables can be split by host later.
--
-- Numbers the kernel gives as unsigned are stored in the signed type of the
-- same width, bit for bit: the largest 64-bit value reads as -1, uid
-- 4294967294 as -2. Addresses of user programs and lengths of successful
-- requests are below 2^63 and read as they are.

CREATE TABLE memmon.host (
  host_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  machine_id text NOT NULL,   -- /etc/machine-id, or the host name where there is none
  host_name text NOT NULL,
  first_seen_time timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT host_machine_id_key UNIQUE (machine_id),
  CONSTRAINT host_machine_id_not_empty CHECK (machine_id <> '')
);

CREATE TABLE memmon.boot (
  host_id integer NOT NULL REFERENCES memmon.host,
  boot_row integer GENERATED ALWAYS AS IDENTITY,
  boot_id uuid NOT NULL,      -- /proc/sys/kernel/random/boot_id
  kernel_release text NOT NULL,
  ram_bytes bigint NOT NULL,
  swap_bytes bigint NOT NULL,
  page_size_bytes integer NOT NULL,
  first_seen_time timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (host_id, boot_row),
  CONSTRAINT boot_boot_id_key UNIQUE (host_id, boot_id)
);

-- number alone does not name a capture: it begins at 1 again when the module
-- is loaded again. The time the capture began does.
CREATE TABLE memmon.capture (
  host_id integer NOT NULL,
  boot_row integer NOT NULL,
  capture_row integer GENERATED ALWAYS AS IDENTITY,
  number integer NOT NULL,
  start_ns bigint NOT NULL,             -- CLOCK_BOOTTIME
  realtime_offset_ns bigint NOT NULL,   -- wall clock = boot clock + this
  abi_version integer NOT NULL,
  cpu_count integer NOT NULL,
  coverage integer NOT NULL,            -- MEMMON_COVER_* bits
  ring_records integer NOT NULL,
  -- Bounds of the stored events' time: queries need not look outside.
  first_event_time timestamptz,
  last_event_time timestamptz,
  PRIMARY KEY (host_id, capture_row),
  FOREIGN KEY (host_id, boot_row) REFERENCES memmon.boot,
  CONSTRAINT capture_identity_key UNIQUE (host_id, boot_row, start_ns, number)
) WITH (fillfactor = 50);  -- updated with every batch: leave room for it in place

CREATE TABLE memmon.process (
  host_id integer NOT NULL,
  boot_row integer NOT NULL,
  tgid integer NOT NULL,
  start_ns bigint NOT NULL,             -- CLOCK_BOOTTIME
  name text NOT NULL,                   -- the last one seen; written as event.process_name
  uid integer NOT NULL,
  namespace_tgid integer NOT NULL,      -- as its own pid namespace knows it
  cgroup_id bigint NOT NULL,
  end_time timestamptz,                 -- NULL while no EXIT is stored
  PRIMARY KEY (host_id, boot_row, tgid, start_ns),
  FOREIGN KEY (host_id, boot_row) REFERENCES memmon.boot
);

-- Columns stand in the order of their width, so that no byte is lost to
-- alignment; there are tens of millions of these rows. For the same reason
-- there is no index but BRIN: (host_id, capture_row, cpu, sequence) is unique
-- because memmond writes no range twice (see ingest_range), and a btree that
-- proved it again would halve the speed of COPY.
CREATE TABLE memmon.event (
  event_time timestamptz NOT NULL,      -- wall clock, whole microseconds
  sequence bigint NOT NULL,             -- in its sub-stream: capture and cpu
  start_ns bigint NOT NULL,             -- when the process began: CLOCK_BOOTTIME
  mm_id bigint NOT NULL,                -- names the address space
  ticket bigint NOT NULL,               -- orders the events of one address space
  virtual_size_bytes bigint NOT NULL,   -- of the address space, after the event
  cgroup_id bigint NOT NULL,
  address bigint NOT NULL,
  length_bytes bigint NOT NULL,         -- as asked for
  result bigint NOT NULL,               -- address, 0, exit code, parent's tgid, or -errno
  lost_count bigint,                    -- kind 2 (LOST) only: records that found no room
  host_id integer NOT NULL,
  boot_row integer NOT NULL,
  capture_row integer NOT NULL,
  tgid integer NOT NULL,
  tid integer NOT NULL,
  prot integer NOT NULL,                -- PROT_* bits
  map_flags integer NOT NULL,           -- MAP_* bits
  uid integer NOT NULL,
  namespace_tgid integer NOT NULL,
  event_time_ns smallint NOT NULL,      -- nanoseconds past event_time, 0 to 999
  kind smallint NOT NULL,               -- 2 LOST, 3 BASELINE, 16 mmap, 17 munmap, 18 mremap,
                                        -- 19 brk, 20 stack, 21 special, 22 unmap, 32 fork,
                                        -- 33 exec, 34 exit, 35 mm_exit
  flags smallint NOT NULL,              -- 1 kernel thread, 2 no address space, 4 compat, 8 no result
  cpu smallint NOT NULL,                -- -1: none (BASELINE)
  process_name text NOT NULL            -- a backslash is doubled, a byte that is not UTF-8 is \xHH
) PARTITION BY RANGE (event_time);

CREATE INDEX event_time_brin ON memmon.event
  USING brin (event_time) WITH (pages_per_range = 32, autosummarize = on);

-- Partitions are made by memmond as data arrives, for the day of the data and
-- the day after; whole days are dropped by retention:
--   DROP TABLE memmon.event_20261122;
-- A partition is built beside the table and then attached, which does not stop
-- those who read.
CREATE FUNCTION memmon.make_event_partition(day date) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  name text := 'event_' || to_char(day, 'YYYYMMDD');
  -- A day is a day in UTC, whatever the session's time zone.
  from_time timestamptz := day::timestamp AT TIME ZONE 'UTC';
  to_time timestamptz := (day + 1)::timestamp AT TIME ZONE 'UTC';
BEGIN
  -- Two writers may want the same day.
  PERFORM pg_advisory_xact_lock(hashtext('memmon.make_event_partition'));
  IF to_regclass(format('memmon.%I', name)) IS NOT NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('CREATE TABLE memmon.%I (LIKE memmon.event INCLUDING ALL)', name);
  EXECUTE format('ALTER TABLE memmon.event ATTACH PARTITION memmon.%I FOR VALUES FROM (%L) TO (%L)',
                 name, from_time, to_time);
  RETURN true;
END $$;

-- Which sequence numbers are stored. A batch commits its rows and its range in
-- one transaction, holding its capture's row; numbers already covered are not
-- written again. So a batch may be sent twice (the answer to COMMIT was lost),
-- and a recording replayed twice, and no row is doubled. A range that
-- continues another extends it: there are few rows, one a sub-stream and
-- interruption. Numbers within a range that have no row belong to kinds this
-- version does not know, or to LOST records.
CREATE TABLE memmon.ingest_range (
  host_id integer NOT NULL,
  capture_row integer NOT NULL,
  cpu smallint NOT NULL,
  first_sequence numeric(20, 0) NOT NULL,
  last_sequence numeric(20, 0) NOT NULL,
  PRIMARY KEY (host_id, capture_row, cpu, first_sequence),
  FOREIGN KEY (host_id, capture_row) REFERENCES memmon.capture,
  CONSTRAINT ingest_range_not_empty CHECK (first_sequence <= last_sequence)
) WITH (fillfactor = 50);

-- What memmond received and could not store, because its queue was full while
-- the database was away or slow. What the kernel lost is not here but in the
-- event table, as LOST.
CREATE TABLE memmon.loss (
  host_id integer NOT NULL,
  capture_row integer NOT NULL,
  cpu smallint NOT NULL,
  first_sequence numeric(20, 0) NOT NULL,
  last_sequence numeric(20, 0) NOT NULL,
  event_count bigint NOT NULL,
  reason text NOT NULL,
  recorded_time timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (host_id, capture_row, cpu, first_sequence),
  FOREIGN KEY (host_id, capture_row) REFERENCES memmon.capture,
  CONSTRAINT loss_not_empty CHECK (first_sequence <= last_sequence AND event_count > 0)
);
