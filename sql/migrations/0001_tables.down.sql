-- SPDX-License-Identifier: Apache-2.0

DROP TABLE memmon.loss;
DROP TABLE memmon.ingest_range;
DROP FUNCTION memmon.make_event_partition(date);
DROP TABLE memmon.event;  -- and its partitions
DROP TABLE memmon.process;
DROP TABLE memmon.capture;
DROP TABLE memmon.boot;
DROP TABLE memmon.host;
