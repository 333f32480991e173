/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Turns a probe hit into a record
 */
#ifndef _MEMMON_CAPTURE_H
#define _MEMMON_CAPTURE_H

#include <linux/mm_types.h>
#include <linux/sched.h>

#include "uapi/memmon.h"

/**
 * struct memmon_call - what was asked for, kept from entry to return
 * @addr: see enum memmon_kind; likewise @length, @prot, @map_flags.
 */
struct memmon_call {
	u64 addr;
	u64 length;
	u32 prot;
	u32 map_flags;
};

extern const struct memmon_call memmon_call_none;

/**
 * memmon_capture() - record one event
 * @kind: enum memmon_kind.
 * @task: whose event it is.
 * @mm: the address space it happened to; NULL: none.
 * @call: what was asked for.
 * @result: what came of it.
 *
 * From a probe: preemption is off, any lock of mm/ may be held. Never sleeps,
 * allocates or prints. @mm cannot go away meanwhile: the task's own, or one
 * the hooked function works on.
 */
void memmon_capture(u16 kind, struct task_struct *task, struct mm_struct *mm,
		    const struct memmon_call *call, s64 result);

/*
 * The record of @kind, BASELINE or RESYNC, that tells @task's process; its
 * task_lock is held and its mm is there. @seq: its number.
 */
void memmon_capture_process(struct memmon_event *event, u16 kind, struct task_struct *task,
			    u64 seq);

#endif /* _MEMMON_CAPTURE_H */
