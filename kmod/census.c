// SPDX-License-Identifier: GPL-2.0-only
/*
 * Records that no probe makes: what the processes are, and how large
 */
#include <linux/idr.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/uaccess.h>

#include "capture.h"
#include "census.h"
#include "filter.h"
#include "header.h"

void memmon_census_begin(struct memmon_census *census, u32 capture)
{
	memset(census, 0, sizeof(*census));
	census->kind = MEMMON_BASELINE;
	census->dirty.all = true;
	census->settled = true;
	memmon_header_fill((struct memmon_header *)&census->records[0], capture);
	census->seq = 1;
	WRITE_ONCE(census->count, 1);
}

bool memmon_census_readable(const struct memmon_census *census)
{
	return READ_ONCE(census->kind) != 0 || READ_ONCE(census->read) < READ_ONCE(census->count) ||
	       memmon_dirty_due();
}

/* The next record's place. poll() looks at the count, and does not mind it being early. */
static struct memmon_event *census_next(struct memmon_census *census)
{
	struct memmon_event *event = &census->records[census->count];

	WRITE_ONCE(census->count, census->count + 1);
	return event;
}

static bool census_is_full(const struct memmon_census *census)
{
	return census->count == MEMMON_CENSUS_RECORDS;
}

/* Tells @thread, whose task_lock is held and whose mm is there. */
static void census_tell(struct memmon_census *census, struct task_struct *thread)
{
	struct mm_struct *mm = thread->mm;
	bool locked = mmap_read_trylock(mm);

	memmon_capture_process(census_next(census), census->kind, thread, census->seq++);
	if (locked) {
		mmap_read_unlock(mm);
	} else {
		memmon_dirty_mark(mm, thread->tgid);
		census->settled = false;
	}
}

/*
 * Tells @process if it is wanted and any thread of it still has its address
 * space: the leader may be gone before the others; kernel threads and the dead
 * have none. Returns the stripe it told, or -1. RCU read lock.
 */
static int census_visit(struct memmon_census *census, struct task_struct *process)
{
	struct task_struct *thread;
	int stripe = -1;

	/* Its other flags are the process's own, and change under our eyes. */
	if ((data_race(process->flags) & PF_KTHREAD) || memmon_filter_rejects(process))
		return -1;
	for_each_thread(process, thread) {
		struct mm_struct *mm;

		task_lock(thread);
		mm = thread->mm;
		if (mm && (census->dirty.all ||
			   test_bit(memmon_ticket_stripe(mm), census->dirty.stripes))) {
			census_tell(census, thread);
			stripe = memmon_ticket_stripe(mm);
		}
		task_unlock(thread);
		if (mm)
			break;
	}
	return stripe;
}

/* The processes that the marks name. True when that is done. */
static bool census_visit_marked(struct memmon_census *census)
{
	unsigned long *stripes = census->dirty.stripes;

	for (;;) {
		unsigned int stripe = find_next_bit(stripes, MEMMON_TICKETS, census->stripe);
		struct task_struct *process;
		pid_t tgid;

		if (stripe >= MEMMON_TICKETS)
			return true;
		if (census_is_full(census))
			return false;
		tgid = memmon_dirty_take_stripe(stripe);
		if (!census->dirty.all && tgid != MEMMON_DIRTY_SEVERAL) {
			rcu_read_lock();
			process = pid_task(find_pid_ns(tgid, &init_pid_ns), PIDTYPE_TGID);
			/* It may have gone, or gone on to another address space. */
			if (process && census_visit(census, process) == stripe)
				__clear_bit(stripe, stripes);
			rcu_read_unlock();
		}
		census->stripe = stripe + 1;
	}
}

/* All processes, by id. True when that is done. */
static bool census_visit_all(struct memmon_census *census)
{
	while (!census_is_full(census)) {
		struct task_struct *process;
		struct pid *pid;

		rcu_read_lock();
		pid = idr_get_next(&init_pid_ns.idr, &census->pid);
		process = pid ? pid_task(pid, PIDTYPE_TGID) : NULL;
		if (process)
			census_visit(census, process);
		rcu_read_unlock();
		if (!pid)
			return true;
		census->pid++;
		cond_resched();
	}
	return false;
}

static void census_tell_end(struct memmon_census *census)
{
	struct memmon_event *event = census_next(census);

	memset(event, 0, sizeof(*event));
	event->kind = MEMMON_RESYNC_END;
	event->flags = MEMMON_F_NO_MM;
	event->cpu = MEMMON_CPU_NONE;
	event->seq = census->seq++;
	event->time_ns = ktime_get_boot_fast_ns();
	event->start_ns = census->began_ns;
	if (census->dirty.all)
		event->result |= MEMMON_RESYNC_ALL;
	if (census->settled)
		event->result |= MEMMON_RESYNC_SETTLED;
	else
		memmon_dirty_lost(false); /* the next round tells that it is */
}

static void census_begin_round(struct memmon_census *census)
{
	census->began_ns = ktime_get_boot_fast_ns(); /* what is lost later may be another round's */
	memmon_dirty_take(&census->dirty);
	census->settled = true;
	census->stripe = 0;
	census->pid = 0;
	WRITE_ONCE(census->kind, MEMMON_RESYNC);
}

/* The next part of the round, where there is one. */
static void census_fill(struct memmon_census *census)
{
	WRITE_ONCE(census->read, 0);
	WRITE_ONCE(census->count, 0);
	if (!census->kind) {
		if (!memmon_dirty_due())
			return;
		census_begin_round(census);
	}
	if (!census_visit_marked(census))
		return;
	if (census->dirty.all || !bitmap_empty(census->dirty.stripes, MEMMON_TICKETS)) {
		if (!census_visit_all(census))
			return;
	}
	if (census->kind == MEMMON_RESYNC && (census->dirty.all || census->dirty.lost)) {
		if (census_is_full(census))
			return;
		census_tell_end(census);
	}
	WRITE_ONCE(census->kind, 0);
}

ssize_t memmon_census_read(struct memmon_census *census, char __user *to, size_t max)
{
	size_t count, copied;

	if (census->read == census->count)
		census_fill(census);
	else if (!census->read && census->records[0].kind == MEMMON_HEADER)
		memmon_header_complete((struct memmon_header *)&census->records[0]);
	count = min(max, census->count - census->read);
	if (!count)
		return 0;
	copied = count - DIV_ROUND_UP(copy_to_user(to, &census->records[census->read],
						   count * MEMMON_RECORD_SIZE),
				      MEMMON_RECORD_SIZE);
	if (!copied)
		return -EFAULT;
	WRITE_ONCE(census->read, census->read + copied);
	return copied;
}
