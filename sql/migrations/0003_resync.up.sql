-- SPDX-License-Identifier: Apache-2.0
--
-- Two kinds more: after a loss, the module tells sizes again. The columns were
-- made for any kind; this is for people who look at the table with \d+.

COMMENT ON COLUMN memmon.event.kind IS
  '2 lost, 3 baseline, 4 resync, 5 resync_end, 16 mmap, 17 munmap, 18 mremap, 19 brk, 20 stack, '
  '21 special, 22 unmap, 32 fork, 33 exec, 34 exit, 35 mm_exit';
COMMENT ON COLUMN memmon.event.start_ns IS
  'when the process began, CLOCK_BOOTTIME; of resync_end, when sizes began to be told again';
COMMENT ON COLUMN memmon.event.cpu IS '-1: none (baseline, resync, resync_end)';
