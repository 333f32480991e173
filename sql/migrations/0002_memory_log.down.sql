-- SPDX-License-Identifier: Apache-2.0

DROP VIEW memmon.memory_log;
REVOKE USAGE ON SCHEMA memmon FROM PUBLIC;
