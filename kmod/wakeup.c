// SPDX-License-Identifier: GPL-2.0-only
/*
 * When the reader is woken
 */
#include <linux/hrtimer.h>

#include "ring.h"
#include "wakeup.h"

#define DEADLINE_NS (1 * NSEC_PER_MSEC)

atomic_t memmon_wakeup_state = ATOMIC_INIT(MEMMON_AWAKE);
DECLARE_WAIT_QUEUE_HEAD(memmon_wakeup_queue);

static struct hrtimer deadline;

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
	hrtimer_init(&deadline, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	deadline.function = wakeup_at_deadline;
}

void memmon_wakeup_deliver(struct irq_work *work)
{
	if (wakeup_move(MEMMON_WAKING, MEMMON_AWAKE))
		wake_up_interruptible(&memmon_wakeup_queue);
	else if (atomic_read(&memmon_wakeup_state) == MEMMON_TIMED)
		hrtimer_start(&deadline, ns_to_ktime(DEADLINE_NS), HRTIMER_MODE_REL);
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
