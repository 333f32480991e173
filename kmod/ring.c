// SPDX-License-Identifier: GPL-2.0-only
/*
 * The per-CPU rings between the probes and the reader
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/topology.h>
#include <linux/uaccess.h>

#include "ring.h"

#define RECORDS_MIN 64
#define RECORDS_MAX 1048576
/* Unless told otherwise: what may be made while a reader waits for a busy CPU, or memory allows. */
#define RECORDS_BY_DEFAULT_MIN 4096
#define RECORDS_BY_DEFAULT_MAX 65536
#define RINGS_RAM_SHARE 128 /* all rings together: a 128th of RAM */

DEFINE_PER_CPU_SHARED_ALIGNED(struct memmon_ring, memmon_rings);

u64 memmon_ring_room __ro_after_init;

unsigned int memmon_ring_records __ro_after_init;
module_param_named(ring_records, memmon_ring_records, uint, 0444);
MODULE_PARM_DESC(ring_records,
		 "records of 128 bytes a CPU's ring holds: a power of 2, 64 to 1048576 (default 0: 4096 to 65536, so that all rings have a 128th of RAM)");

static unsigned int __init records_by_default(void)
{
	u64 ram = (u64)totalram_pages() << PAGE_SHIFT;
	u64 records = div_u64(ram / RINGS_RAM_SHARE / MEMMON_RECORD_SIZE, num_possible_cpus());

	records = clamp_t(u64, records, RECORDS_BY_DEFAULT_MIN, RECORDS_BY_DEFAULT_MAX);
	return rounddown_pow_of_two(records);
}

int __init memmon_ring_init(void)
{
	if (!memmon_ring_records)
		memmon_ring_records = records_by_default();
	if (memmon_ring_records < RECORDS_MIN || memmon_ring_records > RECORDS_MAX ||
	    !is_power_of_2(memmon_ring_records)) {
		pr_err("ring_records=%u: a power of 2 from %u to %u is needed\n",
		       memmon_ring_records, RECORDS_MIN, RECORDS_MAX);
		return -EINVAL;
	}
	memmon_ring_room = memmon_ring_records - memmon_ring_records / 4;
	return 0;
}

static void ring_free(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct memmon_ring *ring = per_cpu_ptr(&memmon_rings, cpu);

		kvfree(ring->records);
		ring->records = NULL;
	}
}

int memmon_ring_begin(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct memmon_ring *ring = per_cpu_ptr(&memmon_rings, cpu);

		memset(ring, 0, sizeof(*ring));
		init_irq_work(&ring->wakeup, memmon_wakeup_deliver);
		/* Whoever opens the device is told: no need for a trace in the log. */
		ring->records = kvzalloc_node(array_size(memmon_ring_records, MEMMON_RECORD_SIZE),
					      GFP_KERNEL | __GFP_NOWARN, cpu_to_node(cpu));
		if (!ring->records) {
			ring_free();
			return -ENOMEM;
		}
	}
	for_each_possible_cpu(cpu)
		/* A return probe of the capture before may still come in: let it see all of it. */
		smp_store_release(&per_cpu_ptr(&memmon_rings, cpu)->running, true);
	return 0;
}

void memmon_ring_stop(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		WRITE_ONCE(per_cpu_ptr(&memmon_rings, cpu)->running, false);
}

static u64 ring_pending(const struct memmon_ring *ring)
{
	u64 tail = READ_ONCE(ring->tail);
	u64 lost_read = READ_ONCE(ring->lost_read);
	s64 pending = READ_ONCE(ring->head) - tail - (READ_ONCE(ring->lost_made) - lost_read);

	return max_t(s64, pending, 0); /* the figures move while they are read */
}

void memmon_ring_end(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct memmon_ring *ring = per_cpu_ptr(&memmon_rings, cpu);

		irq_work_sync(&ring->wakeup);
		while (ring->tail != ring->head) {
			u16 kind = memmon_ring_slot(ring, ring->tail)->kind;

			if (kind != MEMMON_LOST)
				memmon_ring_add(ring->dropped, kind);
			WRITE_ONCE(ring->tail, ring->tail + 1);
		}
		WRITE_ONCE(ring->lost_read, ring->lost_made);
	}
	ring_free();
}

bool memmon_ring_readable(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct memmon_ring *ring = per_cpu_ptr(&memmon_rings, cpu);

		if (READ_ONCE(ring->head) != READ_ONCE(ring->tail))
			return true;
	}
	return false;
}

static struct memmon_lost *ring_lost_slot(const struct memmon_ring *ring, u64 position)
{
	return (struct memmon_lost *)memmon_ring_slot(ring, position);
}

void memmon_ring_drop(struct memmon_ring *ring, u16 kind)
{
	u64 now = ktime_get_boot_fast_ns();

	memmon_ring_add(ring->dropped, kind);
	if (!atomic64_inc_not_zero(&ring->lost_open)) {
		struct memmon_lost *lost = ring_lost_slot(ring, ring->head);

		/*
		 * The slot is free: the last record to find room left it, or
		 * the reader emptied the ring up to the LOST before and closed
		 * that one; see its tail before writing over what it has read.
		 */
		smp_mb();
		ring->tail_seen = smp_load_acquire(&ring->tail); /* pairs with memmon_ring_read() */
		memset(lost, 0, sizeof(*lost));
		lost->kind = MEMMON_LOST;
		lost->cpu = smp_processor_id();
		lost->seq = ring->seq;
		lost->time_ns = now;
		WRITE_ONCE(ring->lost_made, ring->lost_made + 1);
		WRITE_ONCE(ring->lost_last_ns, now);
		atomic64_set(&ring->lost_open, 1);
		smp_store_release(&ring->head, ring->head + 1); /* pairs with memmon_ring_read() */
	}
	WRITE_ONCE(ring->lost_last_ns, now);
	ring->seq++;
}

/* Whoever gets the count out of lost_open writes it to the slot: true. */
static bool ring_settle_lost(struct memmon_ring *ring, struct memmon_lost *lost)
{
	u64 count = atomic64_xchg(&ring->lost_open, 0);

	if (!count)
		return false;
	lost->last_ns = READ_ONCE(ring->lost_last_ns);
	smp_store_release(&lost->count, count); /* the LOST is whole */
	return true;
}

void memmon_ring_close_lost(struct memmon_ring *ring)
{
	/* An open LOST is always the newest record. */
	ring_settle_lost(ring, ring_lost_slot(ring, ring->head - 1));
}

static bool ring_is_open_lost(const struct memmon_ring *ring, u64 position)
{
	const struct memmon_lost *lost = ring_lost_slot(ring, position);

	/* Pairs with ring_settle_lost(). */
	return lost->kind == MEMMON_LOST && !smp_load_acquire(&lost->count);
}

ssize_t memmon_ring_read(struct memmon_ring *ring, char __user *to, size_t max)
{
	u64 tail = ring->tail;
	u64 ready = smp_load_acquire(&ring->head) - tail; /* pairs with memmon_ring_commit() */
	u64 to_end = memmon_ring_records - (tail & (memmon_ring_records - 1));
	size_t count = min3((u64)max, ready, to_end);
	size_t copied, lost = 0, i;

	if (!count)
		return 0;
	if (count == ready && ring_is_open_lost(ring, tail + count - 1)) {
		/*
		 * First hand over what is before it. Only when it alone is left
		 * is there sure to be room for the next LOST when it is closed.
		 */
		if (count > 1)
			count--;
		else if (!ring_settle_lost(ring, ring_lost_slot(ring, tail)) &&
			 ring_is_open_lost(ring, tail))
			return 0; /* the writer is just closing it */
	}

	copied = count - DIV_ROUND_UP(copy_to_user(to, memmon_ring_slot(ring, tail),
						   count * MEMMON_RECORD_SIZE),
				      MEMMON_RECORD_SIZE);
	if (!copied)
		return -EFAULT;
	for (i = 0; i < copied; i++) {
		u16 kind = memmon_ring_slot(ring, tail + i)->kind;

		if (kind == MEMMON_LOST)
			lost++;
		else
			memmon_ring_add(ring->delivered, kind);
	}
	WRITE_ONCE(ring->lost_read, ring->lost_read + lost);
	smp_store_release(&ring->tail, tail + copied); /* pairs with memmon_ring_reserve() */
	return copied;
}

void memmon_ring_count_kind(int cpu, u16 kind, struct memmon_counters *to)
{
	const struct memmon_ring *ring = per_cpu_ptr(&memmon_rings, cpu);
	int i = kind - MEMMON_MMAP;

	/* hooked last, as it is counted first: it is never less than the others. */
	to->delivered = READ_ONCE(ring->delivered[i]);
	to->dropped = READ_ONCE(ring->dropped[i]);
	to->filtered = READ_ONCE(ring->filtered[i]);
	to->hooked = READ_ONCE(ring->hooked[i]);
}

void memmon_ring_count(int cpu, struct memmon_counters *to)
{
	struct memmon_counters of_kind;
	u16 kind;

	to->hooked = 0;
	to->delivered = 0;
	to->dropped = 0;
	to->filtered = 0;
	to->pending = ring_pending(per_cpu_ptr(&memmon_rings, cpu));
	for (kind = MEMMON_MMAP; kind <= MEMMON_MM_EXIT; kind++) {
		memmon_ring_count_kind(cpu, kind, &of_kind);
		to->hooked += of_kind.hooked;
		to->delivered += of_kind.delivered;
		to->dropped += of_kind.dropped;
		to->filtered += of_kind.filtered;
	}
}

u64 memmon_ring_nested(void)
{
	u64 nested = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		nested += READ_ONCE(per_cpu_ptr(&memmon_rings, cpu)->nested);
	return nested;
}
