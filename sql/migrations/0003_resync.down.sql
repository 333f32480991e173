-- SPDX-License-Identifier: Apache-2.0

COMMENT ON COLUMN memmon.event.kind IS NULL;
COMMENT ON COLUMN memmon.event.start_ns IS NULL;
COMMENT ON COLUMN memmon.event.cpu IS NULL;
