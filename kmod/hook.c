// SPDX-License-Identifier: GPL-2.0-only
/*
 * One probe, and the ways a function is held by it
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/moduleparam.h>

#include "hook.h"

static bool direct = true;
module_param(direct, bool, 0444);
MODULE_PARM_DESC(direct, "use direct calls where there can be one, not return probes (default 1)");

static int maxactive = 1024;
module_param(maxactive, int, 0444);
MODULE_PARM_DESC(maxactive,
		 "calls a return probe can follow at one time, 1 to 65536 (default 1024)");

#define MAXACTIVE_MAX 65536

int __init memmon_hook_check_parameters(void)
{
	if (maxactive >= 1 && maxactive <= MAXACTIVE_MAX)
		return 0;
	pr_err("maxactive=%d: from 1 to %d is needed\n", maxactive, MAXACTIVE_MAX);
	return -EINVAL;
}

static struct memmon_args *hook_args(struct kretprobe_instance *ri)
{
	return (struct memmon_args *)ri->data;
}

int memmon_hook_entered(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	int i;

	for (i = 0; i < MEMMON_ARGS; i++)
		hook_args(ri)->at[i] = regs_get_kernel_argument(regs, i);
	return 0;
}

int memmon_hook_returned(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct memmon_hook *hook = container_of(get_kretprobe(ri), struct memmon_hook, rp);

	hook->call(hook_args(ri), regs_return_value(regs));
	return 0;
}

static struct kprobe *hook_kprobe(struct memmon_hook *hook)
{
	return hook->type == MEMMON_HOOK_CALL ? &hook->rp.kp : &hook->kp;
}

static void hook_match_tracepoint(struct tracepoint *tp, void *data)
{
	struct memmon_hook *hook = data;

	if (!strcmp(tp->name, hook->symbols[0]))
		hook->tp = tp;
}

/* Registers, without arming. */
static int hook_register(struct memmon_hook *hook, const char *symbol)
{
	struct kprobe *kp;

	if (hook->type == MEMMON_HOOK_TRACEPOINT) {
		for_each_kernel_tracepoint(hook_match_tracepoint, hook);
		return hook->tp ? 0 : -ENOENT;
	}
	kp = hook_kprobe(hook);
	kp->symbol_name = symbol;
	kp->addr = NULL;
	kp->flags = KPROBE_FLAG_DISABLED;
	if (hook->type == MEMMON_HOOK_ENTRY)
		return register_kprobe(kp);
	hook->rp.maxactive = maxactive;
	return register_kretprobe(&hook->rp);
}

/* A direct call goes where the return probe found the function. */
static void hook_find_direct(struct memmon_hook *hook)
{
	const struct kprobe *kp = &hook->rp.kp;

	if (hook->type != MEMMON_HOOK_CALL || !hook->direct)
		return;
	if (!direct || !(kp->flags & KPROBE_FLAG_FTRACE) ||
	    memmon_direct_find(hook->direct, (unsigned long)kp->addr))
		hook->direct = NULL;
}

void memmon_hook_forget(struct memmon_hook *hook)
{
	if (!hook->found)
		return;
	if (hook->type == MEMMON_HOOK_CALL) {
		if (hook->direct)
			memmon_direct_forget(hook->direct);
		unregister_kretprobe(&hook->rp);
	} else if (hook->type == MEMMON_HOOK_ENTRY) {
		unregister_kprobe(&hook->kp);
	}
	hook->found = NULL;
}

int __init memmon_hook_find(struct memmon_hook *hook)
{
	int i, err = -ENOENT;

	for (i = 0; i < ARRAY_SIZE(hook->symbols) && hook->symbols[i]; i++) {
		err = hook_register(hook, hook->symbols[i]);
		if (!err) {
			hook->found = hook->symbols[i];
			hook_find_direct(hook);
			return 0;
		}
		if (err == -ENOMEM)
			return err;
	}
	if (!hook->optional)
		pr_warn("%s: cannot probe %s (%d)\n", hook->class, hook->symbols[0], err);
	return 0;
}

static u64 hook_missed(const struct memmon_hook *hook)
{
	if (hook->type == MEMMON_HOOK_TRACEPOINT || !hook->found)
		return 0;
	/*
	 * A return probe has a counter of its own, for want of an instance.
	 * All go on counting: any value they had is as good.
	 */
	return data_race(hook->type == MEMMON_HOOK_CALL ? hook->rp.kp.nmissed + hook->rp.nmissed :
							  hook->kp.nmissed);
}

u64 memmon_hook_missed(const struct memmon_hook *hook)
{
	return hook_missed(hook) - READ_ONCE(hook->missed_before);
}

int memmon_hook_arm(struct memmon_hook *hook)
{
	int err;

	WRITE_ONCE(hook->missed_before, hook_missed(hook));
	if (!hook->found)
		return 0;
	if (hook->type == MEMMON_HOOK_TRACEPOINT)
		return tracepoint_probe_register(hook->tp, hook->probe, NULL);
	if (hook->type == MEMMON_HOOK_CALL && hook->direct) {
		err = memmon_direct_arm(hook->direct);
		WRITE_ONCE(hook->is_direct, !err);
		if (!err)
			return 0;
	}
	return enable_kprobe(hook_kprobe(hook));
}

void memmon_hook_disarm(struct memmon_hook *hook)
{
	if (!hook->found)
		return;
	if (hook->type == MEMMON_HOOK_TRACEPOINT)
		tracepoint_probe_unregister(hook->tp, hook->probe, NULL);
	else if (hook->type == MEMMON_HOOK_CALL && hook->is_direct)
		memmon_direct_disarm(hook->direct);
	else
		disable_kprobe(hook_kprobe(hook));
}

const char *memmon_hook_kind(const struct memmon_hook *hook)
{
	switch (hook->type) {
	case MEMMON_HOOK_CALL:
		return READ_ONCE(hook->is_direct) ? "direct" : "return";
	case MEMMON_HOOK_ENTRY:
		return "entry";
	default:
		return "tracepoint";
	}
}
