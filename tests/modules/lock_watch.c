// SPDX-License-Identifier: GPL-2.0-only
/*
 * A second opinion on who changes the size of an address space: whoever does
 * holds mmap_lock, so total_vm is looked at wherever that is released. Knows
 * nothing of system calls, nor of memmon.
 *
 * debugfs file lock_watch: struct change of every change by a process in its own
 * address space, in the order they came; zeros after the last one. Not there:
 * what fork and exec do to the address space they are still making.
 */
#include <linux/debugfs.h>
#include <linux/hash.h>
#include <linux/mm_types.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>
#include <trace/events/mmap_lock.h>

#define CHANGES_MAX (1UL << 18)
#define SPACES_BITS 14

struct change {
	u64 start_ns; /* of the process, by the boot clock */
	u64 tgid;
	u64 pages;
};

struct space {
	struct mm_struct *mm;
	unsigned long pages;
};

static struct change *changes;
static size_t change_count;
static struct space spaces[1 << SPACES_BITS]; /* by hash; never emptied */
static DEFINE_RAW_SPINLOCK(lock); /* of all above */
static struct debugfs_blob_wrapper blob;
static struct dentry *file;

static struct space *space_of(struct mm_struct *mm)
{
	unsigned int first = hash_ptr(mm, SPACES_BITS), i = first;

	do {
		if (spaces[i].mm == mm || !spaces[i].mm) {
			spaces[i].mm = mm;
			return &spaces[i];
		}
		i = (i + 1) % ARRAY_SIZE(spaces);
	} while (i != first);
	return NULL;
}

static void on_release(void *data, struct mm_struct *mm, const char *memcg_path, bool write)
{
	struct space *space;
	unsigned long flags;

	raw_spin_lock_irqsave(&lock, flags);
	space = space_of(mm);
	if (!space || change_count == CHANGES_MAX) {
		change_count = CHANGES_MAX; /* full: the reader sees that it is */
	} else if (space->pages != mm->total_vm) {
		space->pages = mm->total_vm;
		if (mm == current->mm && !current->in_execve)
			changes[change_count++] = (struct change){
				.start_ns = current->group_leader->start_boottime,
				.tgid = current->tgid,
				.pages = space->pages,
			};
	}
	raw_spin_unlock_irqrestore(&lock, flags);
}

static int __init lock_watch_init(void)
{
	int status;

	changes = vzalloc(CHANGES_MAX * sizeof(*changes));
	if (!changes)
		return -ENOMEM;
	blob.data = changes;
	blob.size = CHANGES_MAX * sizeof(*changes);
	file = debugfs_create_blob("lock_watch", 0400, NULL, &blob);
	if (IS_ERR(file)) {
		status = PTR_ERR(file);
		goto free_changes;
	}
	status = register_trace_mmap_lock_released(on_release, NULL);
	if (status)
		goto remove_file;
	return 0;

remove_file:
	debugfs_remove(file);
free_changes:
	vfree(changes);
	return status;
}

static void __exit lock_watch_exit(void)
{
	unregister_trace_mmap_lock_released(on_release, NULL);
	tracepoint_synchronize_unregister();
	debugfs_remove(file);
	vfree(changes);
}

module_init(lock_watch_init);
module_exit(lock_watch_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Sees every change of total_vm where mmap_lock is released, to compare memmon with");
