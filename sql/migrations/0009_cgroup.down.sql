-- SPDX-License-Identifier: Apache-2.0

DROP FUNCTION memmon.forget_cgroups();
DROP TABLE memmon.cgroup;
