// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processes that were there when a capture began
 */
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "baseline.h"
#include "capture.h"
#include "filter.h"

/*
 * Records @process if any thread of it still has its address space: the leader
 * may be gone before the others. Kernel threads and the dead have none.
 */
static bool baseline_add(struct task_struct *process, struct memmon_event *event, u64 seq)
{
	struct task_struct *thread;

	if (process->flags & PF_KTHREAD)
		return false;
	for_each_thread(process, thread) {
		task_lock(thread);
		if (thread->mm) {
			memmon_capture_baseline(event, thread, seq);
			event->tid = event->tgid;
			task_unlock(thread);
			return true;
		}
		task_unlock(thread);
	}
	return false;
}

static size_t baseline_count(void)
{
	struct task_struct *process;
	size_t count = 0;

	rcu_read_lock();
	for_each_process(process)
		count++;
	rcu_read_unlock();
	return count;
}

/* False when there are more than @room. */
static bool baseline_walk(struct memmon_baseline *baseline, size_t room)
{
	struct task_struct *process;
	bool fits = true;

	baseline->count = 1;
	rcu_read_lock();
	for_each_process(process) {
		if (memmon_filter_rejects(process))
			continue;
		if (baseline->count == room) {
			fits = false;
			break;
		}
		if (baseline_add(process, &baseline->records[baseline->count], baseline->count))
			baseline->count++;
	}
	rcu_read_unlock();
	return fits;
}

int memmon_baseline_build(struct memmon_baseline *baseline)
{
	bool fits;

	do {
		size_t room = baseline_count() * 5 / 4 + 64;

		baseline->records = kvmalloc_array(room, MEMMON_RECORD_SIZE, GFP_KERNEL);
		if (!baseline->records)
			return -ENOMEM;
		fits = baseline_walk(baseline, room);
		if (!fits)
			memmon_baseline_free(baseline);
	} while (!fits);
	return 0;
}

void memmon_baseline_free(struct memmon_baseline *baseline)
{
	kvfree(baseline->records);
	baseline->records = NULL;
	baseline->count = 0;
}
