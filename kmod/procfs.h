/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /proc/memmon: counters, hooks and coverage, for people
 */
#ifndef _MEMMON_PROCFS_H
#define _MEMMON_PROCFS_H

int memmon_procfs_init(void);
void memmon_procfs_exit(void);

#endif /* _MEMMON_PROCFS_H */
