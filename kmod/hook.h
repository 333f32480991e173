/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One probe, and the ways a function is held by it
 *
 * Registered at load, without arming; armed and disarmed with every capture. All
 * of it may sleep, but for the handlers. Whoever calls makes sure that nobody
 * else does.
 */
#ifndef _MEMMON_HOOK_H
#define _MEMMON_HOOK_H

#include <linux/kprobes.h>
#include <linux/tracepoint.h>
#include <linux/types.h>

#include "direct.h"
#include "probes.h"

enum memmon_hook_type {
	MEMMON_HOOK_CALL,
	MEMMON_HOOK_ENTRY,
	MEMMON_HOOK_TRACEPOINT,
};

/**
 * struct memmon_hook - one probe
 * @class: what the class of change is called.
 * @cover: its bit. A class is covered when all its hooks that are not
 *	@optional were found.
 * @type: which of the union it is.
 * @symbols: where to put the probe: the first that is there. Of a tracepoint,
 *	its name.
 * @optional: not there in every kernel that has the class.
 * @found: which symbol it was; NULL: none.
 * @call: of a MEMMON_HOOK_CALL, what makes its record.
 * @direct: of a MEMMON_HOOK_CALL, how it is hooked if it can be; NULL: it cannot.
 * @is_direct: @direct is armed, or was last.
 * @rp: of a MEMMON_HOOK_CALL, how it is hooked else.
 * @kp: of a MEMMON_HOOK_ENTRY.
 * @tp: of a MEMMON_HOOK_TRACEPOINT.
 * @probe: what @tp calls.
 * @missed_before: missed when the capture began.
 */
struct memmon_hook {
	const char *class;
	u32 cover;
	enum memmon_hook_type type;
	const char *symbols[2];
	bool optional;
	const char *found;
	union {
		struct {
			memmon_call_probe *call;
			struct memmon_direct *direct;
			bool is_direct;
			struct kretprobe rp;
		};
		struct kprobe kp;
		struct {
			struct tracepoint *tp;
			void *probe;
		};
	};
	u64 missed_before;
};

/* How a hook is held: the rest of its initializer. */
#define MEMMON_HOOK_BY_CALL(probe_call) \
	.type = MEMMON_HOOK_CALL, \
	.call = (probe_call), \
	.rp = { .entry_handler = memmon_hook_entered, .handler = memmon_hook_returned, \
		.data_size = sizeof(struct memmon_args) }

#define MEMMON_HOOK_BY_ENTRY(probe_entry) \
	.type = MEMMON_HOOK_ENTRY, \
	.kp = { .pre_handler = (probe_entry) }

#define MEMMON_HOOK_BY_TRACEPOINT(probe_tracepoint) \
	.type = MEMMON_HOOK_TRACEPOINT, \
	.probe = (probe_tracepoint)

/* The handlers of a return probe. */
int memmon_hook_entered(struct kretprobe_instance *ri, struct pt_regs *regs);
int memmon_hook_returned(struct kretprobe_instance *ri, struct pt_regs *regs);

/* 0, or -EINVAL after saying why. */
int memmon_hook_check_parameters(void);

/*
 * Looks for the symbols, and registers. 0 also when there is nothing to find, which
 * @hook->found tells; -ENOMEM says nothing about the kernel.
 */
int memmon_hook_find(struct memmon_hook *hook);
/* All are disarmed, and memmon_direct_drain() has returned. */
void memmon_hook_forget(struct memmon_hook *hook);

/* Nothing, for a hook that was not found. 0 or a negative errno. */
int memmon_hook_arm(struct memmon_hook *hook);
void memmon_hook_disarm(struct memmon_hook *hook);

/* How often it could not fire since it was armed last. */
u64 memmon_hook_missed(const struct memmon_hook *hook);

/* For people. */
const char *memmon_hook_kind(const struct memmon_hook *hook);

#endif /* _MEMMON_HOOK_H */
