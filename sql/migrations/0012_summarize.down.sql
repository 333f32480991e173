-- SPDX-License-Identifier: Apache-2.0

DROP FUNCTION memmon.summarize_events(date);
