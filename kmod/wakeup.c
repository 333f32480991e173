// SPDX-License-Identifier: GPL-2.0-only
/*
 * When the reader is woken
 */
#include <linux/hrtimer.h>
#include <linux/ktime.h>

#include "ring.h"
#include "wakeup.h"

/* The reader sleeps for this long at least, unless a ring fills. */
#define SLEEP_NS (1 * NSEC_PER_MSEC)

atomic_t memmon_wakeup_state = ATOMIC_INIT(MEMMON_AWAKE);
DECLARE_WAIT_QUEUE_HEAD(memmon_wakeup_queue);

static struct hrtimer deadline;
static ktime_t asleep_since;

/* False when the reader's state was not @from. */
static bool wakeup_move(int from, int to)
{
	return atomic_cmpxchg(&memmon_wakeup_state, from, to) == from;
}

static enum hrtimer_restart wakeup_at_deadline(struct hrtimer *timer)
{
	if (wakeup_move(MEMMON_TIMED, MEMMON_AWAKE))
		wake_up_interruptible(&memmon_wakeup_queue);
	return HRTIMER_NORESTART;
}

void __init memmon_wakeup_init(void)
{
	hrtimer_init(&deadline, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	deadline.function = wakeup_at_deadline;
}

void memmon_wakeup_deliver(struct irq_work *work)
{
	ktime_t due;

	if (wakeup_move(MEMMON_WAKING, MEMMON_AWAKE)) {
		wake_up_interruptible(&memmon_wakeup_queue);
	} else if (atomic_read(&memmon_wakeup_state) == MEMMON_TIMED) {
		due = ktime_add_ns(READ_ONCE(asleep_since), SLEEP_NS);
		if (ktime_before(ktime_get(), due))
			hrtimer_start(&deadline, due, HRTIMER_MODE_ABS);
		else
			wakeup_at_deadline(&deadline);
	}
}

void memmon_wakeup_send(struct memmon_ring *ring)
{
	u64 used = ring->head - READ_ONCE(ring->tail);

	if (used >= memmon_ring_records / 4) {
		if (wakeup_move(MEMMON_TIMED, MEMMON_WAKING) ||
		    wakeup_move(MEMMON_ASLEEP, MEMMON_WAKING))
			irq_work_queue(&ring->wakeup);
	} else if (wakeup_move(MEMMON_ASLEEP, MEMMON_TIMED)) {
		irq_work_queue(&ring->wakeup);
	}
}

void memmon_wakeup_sleep(void)
{
	WRITE_ONCE(asleep_since, ktime_get());
	smp_wmb(); /* who sees the state sees since when, too */
	atomic_set(&memmon_wakeup_state, MEMMON_ASLEEP);
	smp_mb(); /* pairs with memmon_wakeup_check() */
}

void memmon_wakeup_awake(void)
{
	atomic_set(&memmon_wakeup_state, MEMMON_AWAKE);
	/* Another thread may sleep still: it looks, and says again that it does. */
	smp_mb(); /* the state, then the queue; a sleeper has the queue, then the state */
	if (waitqueue_active(&memmon_wakeup_queue))
		wake_up_interruptible(&memmon_wakeup_queue);
}

void memmon_wakeup_end(void)
{
	hrtimer_cancel(&deadline);
	memmon_wakeup_awake();
}
