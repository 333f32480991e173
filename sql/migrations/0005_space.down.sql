-- SPDX-License-Identifier: Apache-2.0

GRANT EXECUTE ON FUNCTION memmon.make_event_partition(date),
  memmon.make_process_minute_partition(date) TO PUBLIC;
ALTER FUNCTION memmon.make_event_partition(date) SECURITY INVOKER RESET search_path;
DROP FUNCTION memmon.drop_day(text, date);
ALTER TABLE memmon.ingest_range DROP COLUMN left_out_count;
