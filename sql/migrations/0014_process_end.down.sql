-- SPDX-License-Identifier: Apache-2.0

CREATE INDEX process_end ON memmon.process (host_id, boot_row, end_time);
