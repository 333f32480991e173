/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records that no probe makes: what the processes are, and how large
 *
 * A round of BASELINE is told when a capture begins, of all processes; later,
 * a round of RESYNC of those that are marked (dirty.h), or of all. It is the
 * reader who walks, while it reads: nobody waits for it, nothing is allocated,
 * and a round is as long as it takes. Its records are a sub-stream of their
 * own, with HEADER, of which nothing can be lost.
 *
 * Everything here is the reader's: its lock is held, or nobody reads.
 */
#ifndef _MEMMON_CENSUS_H
#define _MEMMON_CENSUS_H

#include <linux/types.h>

#include "dirty.h"
#include "uapi/memmon.h"

#define MEMMON_CENSUS_RECORDS 64

/**
 * struct memmon_census - a round, told in parts
 * @kind: MEMMON_BASELINE or MEMMON_RESYNC; 0: no round.
 * @dirty: what is told. Of the stripes, those that were not come upon yet.
 * @began_ns: CLOCK_BOOTTIME.
 * @settled: every total so far was read under the lock.
 * @stripe: which to take the mark of next.
 * @pid: where in the walk through all processes it is.
 * @seq: number of the next record in the sub-stream.
 * @count: how many records there are; @read of them have been read.
 * @read: see @count.
 * @records: the part that is read now.
 */
struct memmon_census {
	u16 kind;
	struct memmon_dirty dirty;
	u64 began_ns;
	bool settled;
	unsigned int stripe;
	int pid;
	u64 seq;
	size_t count;
	size_t read;
	struct memmon_event records[MEMMON_CENSUS_RECORDS];
};

/*
 * A capture begins, its probes are armed: HEADER is there to be read, and the
 * round of BASELINE begins.
 */
void memmon_census_begin(struct memmon_census *census, u32 capture);

/* Is there anything to read, or a round due? Any time, from anywhere. */
bool memmon_census_readable(const struct memmon_census *census);

/*
 * Copies whole records, at most @max of them, to @to. Returns how many, or
 * -EFAULT when not a single one could be written.
 */
ssize_t memmon_census_read(struct memmon_census *census, char __user *to, size_t max);

/* BASELINE is not told to its end yet: no other record may come before that. */
static inline bool memmon_census_is_opening(const struct memmon_census *census)
{
	return census->kind == MEMMON_BASELINE || census->read < census->count;
}

#endif /* _MEMMON_CENSUS_H */
