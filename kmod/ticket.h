/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names and tickets of address spaces
 */
#ifndef _MEMMON_TICKET_H
#define _MEMMON_TICKET_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/hash.h>
#include <linux/mm_types.h>
#include <linux/types.h>

/*
 * A ticket needs to grow for one address space only, so a few counters serve
 * all of them: no memory an address space, nothing to free when it dies, and
 * the numbers go on growing when its mm_struct is used again. Each counter has
 * a cache line of its own, so that two processes on two CPUs share one only
 * when their hashes collide.
 */
#define MEMMON_TICKET_BITS 10
#define MEMMON_TICKETS BIT(MEMMON_TICKET_BITS)

/**
 * struct memmon_ticket - a stripe of address spaces
 * @last: the ticket taken last.
 * @dirty: a mark, see dirty.h.
 */
struct memmon_ticket {
	atomic64_t last;
	pid_t dirty;
} ____cacheline_aligned_in_smp;

extern struct memmon_ticket memmon_tickets[MEMMON_TICKETS];

/* Draws the secret of this load. */
void memmon_ticket_init(void);

/*
 * The name of the address space that memmon_compat_mm_life() gives @life: never
 * 0, and says nothing of where it is in memory.
 */
u64 memmon_ticket_mm_id(u64 life);

static __always_inline unsigned int memmon_ticket_stripe(const struct mm_struct *mm)
{
	return hash_ptr(mm, MEMMON_TICKET_BITS);
}

/**
 * memmon_ticket_take() - take the next ticket of an address space
 * @mm: the address space.
 *
 * Orders: whoever reads total_vm after taking a ticket sees every change of
 * it that was made before a lower ticket was taken. The value that came with
 * the highest ticket is therefore the last one, without holding mmap_lock.
 *
 * mprotect() takes its pages off total_vm and puts them back, under the lock;
 * a value read without the lock between the two stores is low. So where there
 * are other threads, such a reader marks the address space (dirty.h).
 */
static __always_inline u64 memmon_ticket_take(const struct mm_struct *mm)
{
	return atomic64_inc_return(&memmon_tickets[memmon_ticket_stripe(mm)].last);
}

#endif /* _MEMMON_TICKET_H */
