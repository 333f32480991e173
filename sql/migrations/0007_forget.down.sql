-- SPDX-License-Identifier: Apache-2.0

DROP FUNCTION memmon.forget();
DROP FUNCTION memmon.oldest_day();
