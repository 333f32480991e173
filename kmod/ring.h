/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The per-CPU rings between the probes and the reader
 *
 * One writer, one reader
 * ----------------------
 * A ring is written by its own CPU with preemption off, between
 * memmon_ring_enter() and memmon_ring_leave(). None of the functions that are
 * hooked runs in an interrupt, so nothing has to be switched off or locked
 * against one: should a probe fire inside another all the same, enter()
 * refuses it and counts it as missed. A ring is read by whoever holds the
 * reader's lock (chardev.c).
 *
 * Positions
 * ---------
 * head and tail count records since the capture began and never wrap; masked,
 * they are indices. The writer alone moves head (release: the record is
 * whole), the reader alone moves tail (release: the room may be used again).
 * The writer keeps the tail it saw last beside head, and looks at the
 * reader's cache line only when that one says "full".
 *
 * Loss
 * ----
 * A full ring refuses the newest record. The first one refused takes a slot
 * for a LOST record, which stays open and counts the following ones until a
 * record finds room again; the writer closes it then. When the reader arrives
 * at a LOST that is still open, it closes it itself. lost_open is what both
 * take the count from, with one atomic exchange, so that every loss is told
 * exactly once. While no LOST is open one slot is always free for the next.
 *
 * So that births and deaths outlive a burst of mappings, the last quarter of
 * a ring is theirs (and that of the LOST records between them).
 */
#ifndef _MEMMON_RING_H
#define _MEMMON_RING_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/irq_work.h>
#include <linux/lockdep.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/uio.h>

#include "uapi/memmon.h"
#include "wakeup.h"

/* Kinds that probes make; each counts by itself. */
#define MEMMON_RING_KINDS (MEMMON_MM_EXIT - MEMMON_MMAP + 1)

/**
 * struct memmon_ring - the ring of one CPU
 * @running: a capture runs, writers may enter.
 * @writing: between enter() and leave().
 * @records: the slots, from begin() to end().
 * @head: next position to write.
 * @tail_seen: @tail as the writer saw it last.
 * @seq: sequence number of the next record, or of the next one lost.
 * @hooked: see struct memmon_counters, of each kind; likewise @filtered,
 *	@dropped, @delivered.
 * @nested: probes that fired inside another one.
 * @lost_made: LOST records opened.
 * @lost_open: how many the open LOST counts; 0: none is open.
 * @lost_last_ns: when the last one of them was lost.
 * @mm_life: the address space of the record before (compat/mm_life.h), and
 * @mm_id: its name.
 * @wakeup: sends word to the reader, away from the locks a probe runs under.
 * @tail: next position to read.
 * @lost_read: LOST records handed to the reader.
 */
struct memmon_ring {
	bool running;
	bool writing;
	struct memmon_event *records;
	u64 head;
	u64 tail_seen;
	u64 seq;
	u64 hooked[MEMMON_RING_KINDS];
	u64 filtered[MEMMON_RING_KINDS];
	u64 dropped[MEMMON_RING_KINDS];
	u64 nested;
	u64 lost_made;
	atomic64_t lost_open;
	u64 lost_last_ns;
	u64 mm_life;
	u64 mm_id;
	struct irq_work wakeup;

	u64 tail ____cacheline_aligned_in_smp;
	u64 lost_read;
	u64 delivered[MEMMON_RING_KINDS];
};

DECLARE_PER_CPU_SHARED_ALIGNED(struct memmon_ring, memmon_rings);

/* Fixed after load. */
extern unsigned int memmon_ring_records;
extern u64 memmon_ring_room;		/* for maps: the rest is for births and deaths */

/* Checks the parameter. 0, or -EINVAL after saying why. */
int memmon_ring_init(void);

/*
 * A capture: begin() empties the rings, sets the counters to 0 and lets the
 * writers in (0 or -ENOMEM). stop() lets no writer in again; those inside are
 * gone after synchronize_rcu(). end() comes after that: what was not read
 * counts as dropped, and the memory goes back.
 */
int memmon_ring_begin(void);
void memmon_ring_stop(void);
void memmon_ring_end(void);

/* Is there anything to read, on any CPU? */
bool memmon_ring_readable(void);

/*
 * Copies whole records of @ring, at most @max of them, to @to and takes them
 * out of the ring. Returns how many, or -EFAULT when not a single one could be
 * written; what was not written stays in the ring. Reader only.
 */
ssize_t memmon_ring_read(struct memmon_ring *ring, char __user *to, size_t max);

/*
 * The ring's part of struct memmon_counters: of all kinds together, or of one
 * (without pending, of which the kinds are not known). Any time, from anywhere.
 */
void memmon_ring_count(int cpu, struct memmon_counters *to);
void memmon_ring_count_kind(int cpu, u16 kind, struct memmon_counters *to);

/* Probes that fired inside another one, all CPUs. */
u64 memmon_ring_nested(void);

/* The writer's slow way: counts a record of @kind that found no room. */
void memmon_ring_drop(struct memmon_ring *ring, u16 kind);
/* The writer's slow way: closes the LOST that is open. */
void memmon_ring_close_lost(struct memmon_ring *ring);

static __always_inline struct memmon_event *
memmon_ring_slot(const struct memmon_ring *ring, u64 position)
{
	return &ring->records[position & (memmon_ring_records - 1)];
}

/* Begins a record. NULL: there is no capture, or a writer was interrupted. */
static __always_inline struct memmon_ring *memmon_ring_enter(void)
{
	struct memmon_ring *ring = this_cpu_ptr(&memmon_rings);

	if (unlikely(!smp_load_acquire(&ring->running))) /* pairs with memmon_ring_begin() */
		return NULL;
	if (unlikely(ring->writing)) {
		WRITE_ONCE(ring->nested, ring->nested + 1);
		return NULL;
	}
	ring->writing = true;
	barrier(); /* what interrupts this CPU from here on sees it */
	return ring;
}

static __always_inline void memmon_ring_leave(struct memmon_ring *ring)
{
	barrier(); /* pairs with enter() */
	ring->writing = false;
}

/* One more of @kind. The CPU's own counters, which others look at any time. */
static __always_inline void memmon_ring_add(u64 counters[MEMMON_RING_KINDS], u16 kind)
{
	u64 *counter = &counters[kind - MEMMON_MMAP];

	WRITE_ONCE(*counter, *counter + 1);
}

/*
 * The slot for the next record, with cpu and seq in it; NULL when there is no
 * room, and it has to be dropped. @lifetime: a birth or a death, which may use
 * the whole ring.
 */
static __always_inline struct memmon_event *
memmon_ring_reserve(struct memmon_ring *ring, bool lifetime)
{
	u64 room = lifetime ? memmon_ring_records - 1 : memmon_ring_room;
	struct memmon_event *event;

	if (unlikely(ring->head - ring->tail_seen >= room)) {
		ring->tail_seen = smp_load_acquire(&ring->tail); /* pairs with memmon_ring_read() */
		if (ring->head - ring->tail_seen >= room)
			return NULL;
	}
	if (unlikely(atomic64_read(&ring->lost_open)))
		memmon_ring_close_lost(ring);
	event = memmon_ring_slot(ring, ring->head);
	event->cpu = smp_processor_id();
	event->reserved = 0;
	event->seq = ring->seq;
	return event;
}

/* The slot is filled: the reader may have it. */
static __always_inline void memmon_ring_commit(struct memmon_ring *ring)
{
	ring->seq++;
	smp_store_release(&ring->head, ring->head + 1); /* pairs with memmon_ring_read() */
	memmon_wakeup_check(ring);
}

#endif /* _MEMMON_RING_H */
