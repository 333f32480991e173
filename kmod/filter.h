/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is left out on purpose
 */
#ifndef _MEMMON_FILTER_H
#define _MEMMON_FILTER_H

#include <linux/compiler.h>
#include <linux/sched.h>
#include <linux/types.h>

/* The one process to record, or 0 for all. Fixed while a capture runs. */
extern pid_t memmon_filter_tgid;

/* A capture begins: take over what the parameter says now. */
void memmon_filter_begin(void);

/* Is @task's event to be left out? */
static __always_inline bool memmon_filter_rejects(const struct task_struct *task)
{
	return unlikely(memmon_filter_tgid) && task->tgid != memmon_filter_tgid;
}

#endif /* _MEMMON_FILTER_H */
