/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The processes that were there when a capture began
 */
#ifndef _MEMMON_BASELINE_H
#define _MEMMON_BASELINE_H

#include <linux/types.h>

#include "uapi/memmon.h"

/**
 * struct memmon_baseline - a growing array of records
 * @records: kvmalloc'ed; the first one is left to HEADER.
 * @count: how many there are, HEADER with them.
 */
struct memmon_baseline {
	struct memmon_event *records;
	size_t count;
};

/*
 * Walks all processes; to be called when the probes are armed, so that what
 * happens to a process from its record on is seen. 0 or -ENOMEM. Sleeps.
 */
int memmon_baseline_build(struct memmon_baseline *baseline);
void memmon_baseline_free(struct memmon_baseline *baseline);

#endif /* _MEMMON_BASELINE_H */
