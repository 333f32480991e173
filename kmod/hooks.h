/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which functions of the kernel are probed
 *
 * Found and registered at load, but armed only while a capture runs: a module
 * that nobody reads costs nothing.
 */
#ifndef _MEMMON_HOOKS_H
#define _MEMMON_HOOKS_H

#include <linux/seq_file.h>
#include <linux/types.h>

/*
 * Finds a hook for each class of change. 0; or -ENOENT, after naming the class
 * without one, unless allow_degraded is set.
 */
int memmon_hooks_init(void);
void memmon_hooks_exit(void);

/*
 * A capture: arm() starts the probes, disarm() stops them. A function that
 * was entered while its hook was armed is recorded after disarm(), too; the
 * ring keeps it out.
 */
int memmon_hooks_arm(void);
void memmon_hooks_disarm(void);

/* MEMMON_COVER_*, for HEADER. */
u32 memmon_hooks_coverage(void);

/* How often a probe could not fire since arm(). */
u64 memmon_hooks_missed(void);

/* The hooks, for people. */
void memmon_hooks_show(struct seq_file *seq);

#endif /* _MEMMON_HOOKS_H */
