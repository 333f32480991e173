// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/memmon
 *
 * One file is open at a time, and a capture lasts as long as it is. busy is
 * taken by open and given back by release; reader.lock orders the threads that
 * read the one file.
 */
#include <linux/cpumask.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "census.h"
#include "chardev.h"
#include "dirty.h"
#include "filter.h"
#include "hooks.h"
#include "ring.h"
#include "wakeup.h"

/* Records taken from one CPU before the next one's turn comes. */
#define TURN_RECORDS 256
/* Bytes one read() gives at most, so that it ends however fast records come. */
#define READ_MAX (4 << 20)

/**
 * struct memmon_reader - the file that is open
 * @lock: held by read().
 * @census: what no probe tells.
 * @cpu: whose turn it is.
 * @missed: what had been missed when that was last looked at.
 */
static struct memmon_reader {
	struct mutex lock; /* the threads that read */
	struct memmon_census census;
	unsigned int cpu;
	u64 missed;
} reader = {
	.lock = __MUTEX_INITIALIZER(reader.lock),
};

static atomic_t busy = ATOMIC_INIT(0);
static u32 capture;

u32 memmon_chardev_capture(bool *runs)
{
	*runs = atomic_read(&busy);
	return READ_ONCE(capture);
}

static void chardev_end_capture(void)
{
	memmon_ring_stop();
	memmon_hooks_disarm();
	synchronize_rcu(); /* the last handler is out of the rings */
	memmon_ring_end();
	memmon_dirty_end();
	memmon_wakeup_end();
}

static int memmon_open(struct inode *inode, struct file *file)
{
	int err;

	if (file->f_mode & FMODE_WRITE)
		return -EINVAL;
	if (atomic_cmpxchg(&busy, 0, 1))
		return -EBUSY;

	memmon_filter_begin();
	memmon_dirty_begin();
	err = memmon_ring_begin();
	if (err)
		goto err_ring;

	err = memmon_hooks_arm();
	if (err)
		goto err_arm;

	WRITE_ONCE(capture, capture + 1);
	memmon_census_begin(&reader.census, capture);
	reader.cpu = 0;
	reader.missed = 0;
	return stream_open(inode, file);

err_arm:
	memmon_ring_stop();
	synchronize_rcu();
	memmon_ring_end();
	memmon_dirty_end();
	memmon_wakeup_end();
err_ring:
	atomic_set_release(&busy, 0);
	return err;
}

static int memmon_release(struct inode *inode, struct file *file)
{
	chardev_end_capture();
	atomic_set_release(&busy, 0);
	return 0;
}

static bool chardev_readable(void)
{
	return memmon_census_readable(&reader.census) || memmon_ring_readable();
}

/* One turn of each CPU: how many records were copied, or -EFAULT for none. */
static ssize_t chardev_read_rings(char __user *to, size_t max)
{
	size_t total = 0;
	unsigned int i;

	for (i = 0; i < nr_cpu_ids && total < max; i++) {
		ssize_t copied = 0;

		reader.cpu = reader.cpu + 1 < nr_cpu_ids ? reader.cpu + 1 : 0;
		if (cpu_possible(reader.cpu))
			copied = memmon_ring_read(per_cpu_ptr(&memmon_rings, reader.cpu),
						  to + total * MEMMON_RECORD_SIZE,
						  min_t(size_t, max - total, TURN_RECORDS));
		if (copied < 0)
			return total ?: copied;
		total += copied;
	}
	return total;
}

/* A probe did not fire, nobody knows in whose call: all sizes are told again. */
static void chardev_check_missed(void)
{
	u64 missed = memmon_hooks_missed();

	if (missed != reader.missed) {
		reader.missed = missed;
		memmon_dirty_lost(true);
	}
}

/* What is there: how many records were copied, or -EFAULT for none. */
static ssize_t chardev_read(char __user *to, size_t max)
{
	size_t total = 0;
	ssize_t copied, ringed = 0;

	chardev_check_missed();
	do {
		copied = memmon_census_read(&reader.census, to + total * MEMMON_RECORD_SIZE,
					    max - total);
		if (copied < 0)
			return total ?: copied;
		total += copied;
		if (memmon_census_is_opening(&reader.census))
			continue;
		ringed = chardev_read_rings(to + total * MEMMON_RECORD_SIZE, max - total);
		if (ringed < 0)
			return total ?: ringed;
		total += ringed;
	} while ((copied || ringed) && total < max && !signal_pending(current));
	return total;
}

static ssize_t memmon_read(struct file *file, char __user *to, size_t size, loff_t *ppos)
{
	size_t max = min_t(size_t, size, READ_MAX) / MEMMON_RECORD_SIZE;
	ssize_t copied;
	int err;

	if (!max)
		return -EINVAL;
	for (;;) {
		err = mutex_lock_interruptible(&reader.lock);
		if (err)
			return err;
		copied = chardev_read(to, max);
		mutex_unlock(&reader.lock);
		if (copied)
			return copied < 0 ? copied : copied * MEMMON_RECORD_SIZE;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(memmon_wakeup_queue,
					       (memmon_wakeup_sleep(), chardev_readable()));
		memmon_wakeup_awake();
		if (err)
			return err;
	}
}

static __poll_t memmon_poll(struct file *file, poll_table *wait)
{
	poll_wait(file, &memmon_wakeup_queue, wait);
	if (!chardev_readable()) {
		memmon_wakeup_sleep();
		if (!chardev_readable())
			return 0;
	}
	return EPOLLIN | EPOLLRDNORM;
}

static long chardev_get_info(struct memmon_info __user *arg)
{
	struct memmon_info info;

	if (copy_from_user(&info, arg, sizeof(info)))
		return -EFAULT;
	if (info.size < sizeof(info) || memchr_inv(info.reserved, 0, sizeof(info.reserved)))
		return -EINVAL;
	memset(&info, 0, sizeof(info));
	info.size = sizeof(info);
	info.abi_version = MEMMON_ABI_VERSION;
	info.record_size = MEMMON_RECORD_SIZE;
	info.cpu_count = nr_cpu_ids;
	info.ring_records = memmon_ring_records;
	info.capture = capture;
	info.coverage = memmon_hooks_coverage();
	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

static long chardev_get_counters(struct memmon_counters __user *arg)
{
	struct memmon_counters counters;
	unsigned int cpu;

	if (copy_from_user(&counters, arg, sizeof(counters)))
		return -EFAULT;
	cpu = counters.cpu;
	if (cpu >= nr_cpu_ids || counters.flags)
		return -EINVAL;
	memset(&counters, 0, sizeof(counters));
	counters.cpu = cpu;
	if (cpu_possible(cpu))
		memmon_ring_count(cpu, &counters);
	counters.missed = memmon_hooks_missed();
	return copy_to_user(arg, &counters, sizeof(counters)) ? -EFAULT : 0;
}

static long memmon_ioctl(struct file *file, unsigned int request, unsigned long arg)
{
	switch (request) {
	case MEMMON_GET_INFO:
		return chardev_get_info((void __user *)arg);
	case MEMMON_GET_COUNTERS:
		return chardev_get_counters((void __user *)arg);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations memmon_fops = {
	.owner = THIS_MODULE,
	.open = memmon_open,
	.release = memmon_release,
	.read = memmon_read,
	.poll = memmon_poll,
	.unlocked_ioctl = memmon_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice memmon_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "memmon",
	.fops = &memmon_fops,
	.mode = 0640,
};

int __init memmon_chardev_init(void)
{
	return misc_register(&memmon_device);
}

void memmon_chardev_exit(void)
{
	misc_deregister(&memmon_device);
}
