-- SPDX-License-Identifier: Apache-2.0
--
-- Nothing asks by it any more: who lived at a time is known from the sums of that time. And where
-- the table is too new for the server to know it, it was taken for as good as the primary key, and
-- all of a boot's processes were read for each of them.
DROP INDEX memmon.process_end;
