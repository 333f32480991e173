// SPDX-License-Identifier: GPL-2.0-only
/*
 * Turns a probe hit into a record
 */
#include <linux/cgroup.h>
#include <linux/compat.h>
#include <linux/cred.h>
#include <linux/ktime.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>

#include "capture.h"
#include "compat/mm_life.h"
#include "dirty.h"
#include "filter.h"
#include "ring.h"
#include "ticket.h"

static_assert(sizeof(struct memmon_event) == MEMMON_RECORD_SIZE);
static_assert(sizeof(struct memmon_lost) == MEMMON_RECORD_SIZE);
static_assert(sizeof(struct memmon_header) == MEMMON_RECORD_SIZE);
static_assert(MEMMON_COMM_LEN == TASK_COMM_LEN);

const struct memmon_call memmon_call_none;

static __always_inline void capture_mm(struct memmon_event *event, struct mm_struct *mm, u64 mm_id)
{
	event->mm_id = mm_id;
	event->ticket = memmon_ticket_take(mm);
	event->total_vm = READ_ONCE(mm->total_vm); /* after the ticket: see ticket.h */
}

/*
 * Who @task is. Preemption is off or the RCU read lock held, which keeps its
 * credentials, css_set and pid there; it has not been released yet.
 */
static __always_inline void capture_identity(struct memmon_event *event, struct task_struct *task)
{
	const struct task_struct *leader = task->group_leader;
	const struct cred *cred = rcu_dereference_raw(task->real_cred);
	const struct css_set *css_set = rcu_dereference_raw(task->cgroups);
	const struct pid *tgid = READ_ONCE(task->signal->pids[PIDTYPE_TGID]);

	event->tgid = task->tgid;
	event->tid = task->pid;
	event->start_ns = leader->start_boottime;
	event->cgroup_id = cgroup_id(css_set->dfl_cgrp);
	event->uid = __kuid_val(cred->uid);
	event->ns_tgid = likely(tgid) ? tgid->numbers[tgid->level].nr : 0;
	/* A rename may be under way: the name is torn then, but ends. */
	data_race(memcpy(event->comm, leader->comm, sizeof(event->comm)));
	event->comm[sizeof(event->comm) - 1] = 0;
}

static __always_inline void capture_call(struct memmon_event *event, const struct memmon_call *call)
{
	event->addr = call->addr;
	event->length = call->length;
	event->prot = call->prot;
	event->map_flags = call->map_flags;
}

static __always_inline u16 capture_flags(const struct task_struct *task)
{
	u16 flags = 0;

	if (unlikely(task->flags & PF_KTHREAD))
		flags |= MEMMON_F_KTHREAD;
	if (unlikely(in_compat_syscall()))
		flags |= MEMMON_F_COMPAT;
	return flags;
}

static bool capture_outlives_maps(u16 kind)
{
	return kind >= MEMMON_FORK;
}

/* Kinds that are recorded while mmap_lock keeps total_vm still. */
static bool capture_is_locked(u16 kind)
{
	return kind == MEMMON_MMAP || kind == MEMMON_STACK || kind == MEMMON_SPECIAL;
}

/* The ring is full. */
static noinline void capture_drop(struct memmon_ring *ring, u16 kind,
				  const struct task_struct *task, const struct mm_struct *mm)
{
	/* Marked first: a loss is never younger than the round that makes it good. */
	if (mm)
		memmon_dirty_mark(mm, task->tgid);
	memmon_dirty_lost(kind == MEMMON_EXIT);
	memmon_ring_drop(ring, kind);
}

void memmon_capture(u16 kind, struct task_struct *task, struct mm_struct *mm,
		    const struct memmon_call *call, s64 result)
{
	struct memmon_ring *ring = memmon_ring_enter();
	struct memmon_event *event;

	if (!ring)
		return;
	memmon_ring_add(ring->hooked, kind);
	if (memmon_filter_rejects(task)) {
		memmon_ring_add(ring->filtered, kind);
		goto leave;
	}
	event = memmon_ring_reserve(ring, capture_outlives_maps(kind));
	if (unlikely(!event)) {
		capture_drop(ring, kind, task, mm);
		goto leave;
	}

	event->kind = kind;
	event->flags = capture_flags(task);
	event->time_ns = ktime_get_boot_fast_ns();
	if (likely(mm)) {
		u64 life = memmon_compat_mm_life(mm);
		/* Before the total: who was half-way through a change may be gone after it. */
		bool shared = !capture_is_locked(kind) && atomic_read(&mm->mm_users) > 1;

		if (ring->mm_life != life) {
			ring->mm_id = memmon_ticket_mm_id(life);
			ring->mm_life = life;
		}
		capture_mm(event, mm, ring->mm_id);
		if (shared)
			memmon_dirty_mark(mm, task->tgid);
	} else {
		event->flags |= MEMMON_F_NO_MM;
		event->mm_id = 0;
		event->ticket = 0;
		event->total_vm = 0;
	}
	capture_identity(event, task);
	capture_call(event, call);
	event->result = result;
	memmon_ring_commit(ring);
leave:
	memmon_ring_leave(ring);
}

void memmon_capture_process(struct memmon_event *event, u16 kind, struct task_struct *task,
			    u64 seq)
{
	event->kind = kind;
	event->flags = 0;
	event->cpu = MEMMON_CPU_NONE;
	event->reserved = 0;
	event->seq = seq;
	event->time_ns = ktime_get_boot_fast_ns();
	capture_mm(event, task->mm, memmon_ticket_mm_id(memmon_compat_mm_life(task->mm)));
	capture_identity(event, task);
	event->tid = event->tgid;
	capture_call(event, &memmon_call_none);
	event->result = 0;
}
