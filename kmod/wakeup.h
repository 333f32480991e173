/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When the reader is woken
 *
 * A reader with nothing to read sleeps for a millisecond at least, unless a
 * ring holds a quarter of its room before, and then until there is a record. So
 * a busy system is read in batches, a thousand times a second at most; on a calm
 * one, whose reader has slept for longer when a record comes, it is woken at
 * once; and an idle one wakes nobody. The probes run under locks of mm/, so they
 * wake nobody themselves: an irq_work does, or starts the timer that does.
 */
#ifndef _MEMMON_WAKEUP_H
#define _MEMMON_WAKEUP_H

#include <linux/atomic.h>
#include <linux/irq_work.h>
#include <linux/wait.h>

struct memmon_ring;

/**
 * enum memmon_wakeup_state - what the reader does
 * @MEMMON_AWAKE: it reads, or has been woken: it looks at the rings again
 *	before it sleeps.
 * @MEMMON_ASLEEP: it sleeps, and the rings were empty.
 * @MEMMON_TIMED: it sleeps, there are records, it is to be woken when its
 *	millisecond is over.
 * @MEMMON_WAKING: it sleeps, there is much to read, word is on its way.
 */
enum memmon_wakeup_state {
	MEMMON_AWAKE,
	MEMMON_ASLEEP,
	MEMMON_TIMED,
	MEMMON_WAKING,
};

extern atomic_t memmon_wakeup_state;
extern wait_queue_head_t memmon_wakeup_queue;

void memmon_wakeup_init(void);

/* The irq_work of a ring. */
void memmon_wakeup_deliver(struct irq_work *work);

/* The reader is about to sleep: to be called before it looks at the rings. */
void memmon_wakeup_sleep(void);

/* A sleeper is awake: any other one looks again before it sleeps on. */
void memmon_wakeup_awake(void);

/* No record comes any more: nothing is under way after this. */
void memmon_wakeup_end(void);

/* The writer's slow way: the reader sleeps, and @ring has a new record. */
void memmon_wakeup_send(struct memmon_ring *ring);

/* After each record. */
static __always_inline void memmon_wakeup_check(struct memmon_ring *ring)
{
	/*
	 * The record, then the state; memmon_wakeup_sleep() has the state, then
	 * the record. One of the two sees the other.
	 */
	smp_mb();
	if (unlikely(atomic_read(&memmon_wakeup_state) != MEMMON_AWAKE))
		memmon_wakeup_send(ring);
}

#endif /* _MEMMON_WAKEUP_H */
