-- SPDX-License-Identifier: Apache-2.0
--
-- Three group roles, so that nobody has more rights than needed:
--
--   memmon_owner   owns schema memmon and all in it
--   memmon_writer  what memmond does day by day: adds events, and makes and
--                  drops days by memmon's own functions. It can neither change
--                  an event, nor a table, nor migrate
--   memmon_reader  reads everything of memmon, and writes nothing
--
-- This is no migration: roles belong to the whole server, and to make them takes
-- rights that memmond should not have. As a superuser, or as the database's
-- owner with CREATEROLE, once and again after every upgrade:
--
--   memmond --migrate --database dbname=memmon
--   psql -d memmon -f sql/roles.sql
--
-- and, for those who are to log in:
--
--   CREATE ROLE memmond LOGIN PASSWORD '...' IN ROLE memmon_writer;

BEGIN;

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['memmon_owner', 'memmon_writer', 'memmon_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', name);
    END IF;
  END LOOP;
END $$;

ALTER SCHEMA memmon OWNER TO memmon_owner;
DO $$
DECLARE
  item record;
BEGIN
  FOR item IN SELECT oid::regclass AS name FROM pg_class
              WHERE relnamespace = 'memmon'::regnamespace AND relkind IN ('r', 'p', 'v') LOOP
    EXECUTE format('ALTER TABLE %s OWNER TO memmon_owner', item.name);
  END LOOP;
  FOR item IN SELECT oid::regprocedure AS name FROM pg_proc
              WHERE pronamespace = 'memmon'::regnamespace LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO memmon_owner', item.name);
  END LOOP;
END $$;

GRANT USAGE ON SCHEMA memmon TO memmon_writer, memmon_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA memmon TO memmon_writer, memmon_reader;
GRANT INSERT ON memmon.event TO memmon_writer;
-- These rows are added to.
GRANT INSERT, UPDATE ON memmon.host, memmon.boot, memmon.capture, memmon.process,
  memmon.ingest_range, memmon.loss, memmon.process_minute, memmon.rollup_due, memmon.cgroup,
  memmon.believed_day
  TO memmon_writer;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA memmon TO memmon_writer;

COMMIT;
