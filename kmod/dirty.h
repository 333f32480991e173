/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Address spaces whose size has to be told again
 *
 * The stream's word on a size may be wrong: the record that would have told
 * it found no room, or a return probe did not fire, or total_vm was read
 * without mmap_lock while another thread was in mprotect(), which takes its
 * pages off total_vm and puts them back. Probes mark such address spaces; a
 * moment later the reader comes by and takes the marks (census.h).
 *
 * A mark is kept in the stripe of the address space's tickets: the process it
 * was seen in, or that there were several. So nothing is allocated, and to mark
 * again what is marked costs a look at a cache line that is there already.
 */
#ifndef _MEMMON_DIRTY_H
#define _MEMMON_DIRTY_H

#include <linux/bitmap.h>

#include "ticket.h"

/* A stripe's mark: of no process, of one (its tgid), or of several. */
#define MEMMON_DIRTY_NONE 0
#define MEMMON_DIRTY_SEVERAL (-1)

/**
 * struct memmon_dirty - what was marked
 * @stripes: marked stripes.
 * @lost: something was lost, not only read at a bad time.
 * @all: of whom is not known.
 */
struct memmon_dirty {
	DECLARE_BITMAP(stripes, MEMMON_TICKETS);
	bool lost;
	bool all;
};

void memmon_dirty_init(void);

/* A capture: nothing is marked; no probe marks any more. end() may sleep. */
void memmon_dirty_begin(void);
void memmon_dirty_end(void);

/* The slow half of memmon_dirty_mark(). */
void memmon_dirty_mark_stripe(unsigned int stripe, pid_t tgid);

/*
 * A record is about to be lost: its address space is marked, if there is one.
 * @all: what has to be told again cannot be marked, the end of a process, say.
 * Probes, and whoever finds out that a probe did not fire.
 */
void memmon_dirty_lost(bool all);

/* Reader: is there a mark that is old enough? The wait queue is woken then. */
bool memmon_dirty_due(void);

/*
 * Reader: takes all marks but those of the stripes themselves, which are for
 * memmon_dirty_take_stripe(). What is marked from now on is due again.
 */
void memmon_dirty_take(struct memmon_dirty *to);
pid_t memmon_dirty_take_stripe(unsigned int stripe);

/**
 * memmon_dirty_mark() - mark an address space
 * @mm: the address space.
 * @tgid: a process that has it.
 *
 * To be called after the fact: whoever takes the mark finds what led to it.
 */
static __always_inline void memmon_dirty_mark(const struct mm_struct *mm, pid_t tgid)
{
	unsigned int stripe = memmon_ticket_stripe(mm);
	pid_t marked;

	smp_mb(); /* total_vm, then the mark; the reader takes the mark, then reads total_vm */
	marked = READ_ONCE(memmon_tickets[stripe].dirty);
	if (marked != tgid && marked != MEMMON_DIRTY_SEVERAL)
		memmon_dirty_mark_stripe(stripe, tgid);
}

#endif /* _MEMMON_DIRTY_H */
