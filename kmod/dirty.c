// SPDX-License-Identifier: GPL-2.0-only
/*
 * Address spaces whose size has to be told again
 */
#include <linux/hrtimer.h>
#include <linux/irq_work.h>

#include "dirty.h"
#include "wakeup.h"

/*
 * From the first mark until the reader comes: long enough to gather many
 * records of one address space in one, short against what a person sees.
 */
#define DELAY_NS (20 * NSEC_PER_MSEC)

enum dirty_state {
	DIRTY_NOTHING,
	DIRTY_MARKED, /* the timer is asked for */
	DIRTY_DUE,
};

static DECLARE_BITMAP(dirty_stripes, MEMMON_TICKETS);
static atomic_t dirty_lost;
static atomic_t dirty_all;
static atomic_t dirty_state = ATOMIC_INIT(DIRTY_NOTHING);
static struct hrtimer dirty_timer;

static enum hrtimer_restart dirty_at_time(struct hrtimer *timer)
{
	atomic_cmpxchg(&dirty_state, DIRTY_MARKED, DIRTY_DUE);
	wake_up_interruptible(&memmon_wakeup_queue);
	return HRTIMER_NORESTART;
}

/* Probes run under locks of mm/: the timer is started away from them. */
static void dirty_start_timer(struct irq_work *work)
{
	hrtimer_start(&dirty_timer, ns_to_ktime(DELAY_NS), HRTIMER_MODE_REL);
}

static struct irq_work dirty_work = IRQ_WORK_INIT(dirty_start_timer);

void __init memmon_dirty_init(void)
{
	hrtimer_init(&dirty_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	dirty_timer.function = dirty_at_time;
}

void memmon_dirty_begin(void)
{
	struct memmon_dirty old;
	unsigned int stripe;

	memmon_dirty_take(&old);
	/* Of all: a reader that went away in the middle of a round has taken the others' bits. */
	for (stripe = 0; stripe < MEMMON_TICKETS; stripe++)
		memmon_dirty_take_stripe(stripe);
}

void memmon_dirty_end(void)
{
	irq_work_sync(&dirty_work);
	hrtimer_cancel(&dirty_timer);
}

static void dirty_notice(void)
{
	smp_mb(); /* what is dirty, then the state; memmon_dirty_take() has it the other way */
	if (atomic_read(&dirty_state) == DIRTY_NOTHING &&
	    atomic_cmpxchg(&dirty_state, DIRTY_NOTHING, DIRTY_MARKED) == DIRTY_NOTHING)
		irq_work_queue(&dirty_work);
}

void memmon_dirty_mark_stripe(unsigned int stripe, pid_t tgid)
{
	pid_t *dirty = &memmon_tickets[stripe].dirty;
	pid_t marked = cmpxchg(dirty, MEMMON_DIRTY_NONE, tgid);

	if (marked == tgid)
		return;
	if (marked != MEMMON_DIRTY_NONE &&
	    xchg(dirty, MEMMON_DIRTY_SEVERAL) != MEMMON_DIRTY_NONE)
		return;
	set_bit(stripe, dirty_stripes);
	dirty_notice();
}

void memmon_dirty_lost(bool all)
{
	if (all)
		atomic_set(&dirty_all, true);
	atomic_set(&dirty_lost, true);
	dirty_notice();
}

bool memmon_dirty_due(void)
{
	return atomic_read(&dirty_state) == DIRTY_DUE;
}

void memmon_dirty_take(struct memmon_dirty *to)
{
	unsigned int i;

	atomic_xchg(&dirty_state, DIRTY_NOTHING); /* first: see dirty_notice() */
	to->lost = atomic_xchg(&dirty_lost, false);
	to->all = atomic_xchg(&dirty_all, false);
	for (i = 0; i < BITS_TO_LONGS(MEMMON_TICKETS); i++)
		to->stripes[i] = xchg(&dirty_stripes[i], 0);
}

pid_t memmon_dirty_take_stripe(unsigned int stripe)
{
	return xchg(&memmon_tickets[stripe].dirty, MEMMON_DIRTY_NONE);
}
