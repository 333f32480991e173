/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hooks without a return probe
 *
 * A return probe is hit twice, and between the two keeps an instance, of which
 * there can be too few. Where the kernel can call a trampoline directly from a
 * function's first instruction (as BPF's fexit programs do), a function of ours
 * stands in for the hooked one: it calls the rest of it, has arguments and
 * result in its own frame, and records. That costs a tenth of an empty return
 * probe, and cannot miss.
 *
 * A function has room for one direct caller. When it is taken, or the kernel
 * has none of this, hooks.c uses a return probe.
 */
#ifndef _MEMMON_DIRECT_H
#define _MEMMON_DIRECT_H

#include <linux/errno.h>

struct memmon_direct;

#if defined(CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS) && defined(CONFIG_HAVE_STATIC_CALL_INLINE) && \
	defined(CONFIG_X86_64)

extern struct memmon_direct memmon_direct_mmap; /* do_mmap */
extern struct memmon_direct memmon_direct_munmap; /* __vm_munmap */

/*
 * Points @direct to a function, @fentry being where in it the call for tracers
 * is. 0 or a negative errno. May sleep, like all of these.
 */
int memmon_direct_find(struct memmon_direct *direct, unsigned long fentry);
void memmon_direct_forget(struct memmon_direct *direct);

/* -EBUSY: another direct caller is there. */
int memmon_direct_arm(struct memmon_direct *direct);
/* Calls under way are recorded, still. */
void memmon_direct_disarm(struct memmon_direct *direct);

/* Waits until no task is in code of ours. All are disarmed. */
void memmon_direct_drain(void);

#else

#define memmon_direct_mmap (*(struct memmon_direct *)NULL)
#define memmon_direct_munmap (*(struct memmon_direct *)NULL)

static inline int memmon_direct_find(struct memmon_direct *direct, unsigned long fentry)
{
	return -EOPNOTSUPP;
}

static inline void memmon_direct_forget(struct memmon_direct *direct) { }

static inline int memmon_direct_arm(struct memmon_direct *direct)
{
	return -EOPNOTSUPP;
}

static inline void memmon_direct_disarm(struct memmon_direct *direct) { }
static inline void memmon_direct_drain(void) { }

#endif

#endif /* _MEMMON_DIRECT_H */
