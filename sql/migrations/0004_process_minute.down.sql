-- SPDX-License-Identifier: Apache-2.0

DROP FUNCTION memmon.make_process_minute_partition(date);
DROP TABLE memmon.process_minute;  -- and its partitions
