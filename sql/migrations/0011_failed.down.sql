-- SPDX-License-Identifier: Apache-2.0

DROP INDEX memmon.event_failed;
