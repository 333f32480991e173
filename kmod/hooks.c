// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which functions of the kernel are probed
 *
 * Why these
 * ---------
 * mmap	do_mmap: every mapping comes through it, system call or not, with the
 *	arguments as the system call had them and under mmap_lock, which keeps
 *	total_vm still at the return.
 * munmap __vm_munmap: every munmap(2), those refused as well. It sleeps for
 *	mmap_lock inside, so that all threads of a process can be in it.
 * brk, mremap, shmdt	the system calls' own entry points: exact arguments and
 *	result. The functions below them are inlined or shared.
 * unmap is shmdt: MAP_FIXED, mremap and brk unmap too, but their own records
 *	carry the total_vm that follows; so nothing is hooked in the hot
 *	do_{mas,vmi}_align_munmap.
 * exit	see memmon_probe_exit().
 *
 * vm_stat_account() is inlined everywhere, __mmput() and the __do_sys_*()
 * cannot be probed the fast way.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/tracepoint.h>

#include "compat/syscall.h"
#include "direct.h"
#include "hooks.h"
#include "probes.h"
#include "ring.h"

static bool allow_degraded;
module_param(allow_degraded, bool, 0444);
MODULE_PARM_DESC(allow_degraded, "load even if a class of change cannot be hooked");

static bool direct = true;
module_param(direct, bool, 0444);
MODULE_PARM_DESC(direct, "use direct calls where there can be one, not return probes (default 1)");

static int maxactive = 1024;
module_param(maxactive, int, 0444);
MODULE_PARM_DESC(maxactive,
		 "calls a return probe can follow at one time, 1 to 65536 (default 1024)");

#define MAXACTIVE_MAX 65536

enum hook_type {
	HOOK_CALL,
	HOOK_ENTRY,
	HOOK_TRACEPOINT,
};

/**
 * struct hook - one probe
 * @class: what the class of change is called.
 * @cover: its bit. A class is covered when all its hooks that are not
 *	@optional were found.
 * @type: which of the union it is.
 * @symbols: where to put the probe: the first that is there. Of a tracepoint,
 *	its name.
 * @optional: not there in every kernel that has the class.
 * @found: which symbol it was; NULL: none.
 * @call: of a HOOK_CALL, what makes its record.
 * @direct: of a HOOK_CALL, how it is hooked if it can be; NULL: it cannot.
 * @is_direct: @direct is armed, or was last.
 * @rp: of a HOOK_CALL, how it is hooked else.
 * @kp: of a HOOK_ENTRY.
 * @tp: of a HOOK_TRACEPOINT.
 * @probe: what @tp calls.
 * @missed_before: missed when the capture began.
 */
struct hook {
	const char *class;
	u32 cover;
	enum hook_type type;
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

static struct memmon_args *hook_args(struct kretprobe_instance *ri)
{
	return (struct memmon_args *)ri->data;
}

static int hook_entered(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	int i;

	for (i = 0; i < MEMMON_ARGS; i++)
		hook_args(ri)->at[i] = regs_get_kernel_argument(regs, i);
	return 0;
}

static int hook_returned(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct hook *hook = container_of(get_kretprobe(ri), struct hook, rp);

	hook->call(hook_args(ri), regs_return_value(regs));
	return 0;
}

#define CALL(probe_call) \
	.type = HOOK_CALL, \
	.call = (probe_call), \
	.rp = { .entry_handler = hook_entered, .handler = hook_returned, \
		.data_size = sizeof(struct memmon_args) }

#define ENTRY(probe_entry) \
	.type = HOOK_ENTRY, \
	.kp = { .pre_handler = (probe_entry) }

static struct hook hooks[] = {
	{
		.class = "exit", .cover = MEMMON_COVER_EXIT,
		.symbols = { "taskstats_exit" },
		ENTRY(memmon_probe_exit),
	}, {
		.class = "mm_exit", .cover = MEMMON_COVER_MM_EXIT,
		.symbols = { "exit_mmap" },
		ENTRY(memmon_probe_exit_mmap),
	}, {
		.class = "fork", .cover = MEMMON_COVER_FORK, .type = HOOK_TRACEPOINT,
		.symbols = { "sched_process_fork" },
		.probe = memmon_probe_fork,
	}, {
		.class = "exec", .cover = MEMMON_COVER_EXEC, .type = HOOK_TRACEPOINT,
		.symbols = { "sched_process_exec" },
		.probe = memmon_probe_exec,
	}, {
		.class = "mmap", .cover = MEMMON_COVER_MMAP,
		.symbols = { "do_mmap" },
		CALL(memmon_probe_mmap),
		.direct = &memmon_direct_mmap,
	}, {
		.class = "munmap", .cover = MEMMON_COVER_MUNMAP,
		.symbols = { "__vm_munmap" },
		CALL(memmon_probe_munmap),
		.direct = &memmon_direct_munmap,
	}, {
		.class = "mremap", .cover = MEMMON_COVER_MREMAP,
		.symbols = { MEMMON_SYSCALL("mremap") },
		CALL(memmon_probe_mremap),
	}, {
		.class = "mremap", .cover = MEMMON_COVER_MREMAP, .optional = true,
		.symbols = { MEMMON_SYSCALL_32("mremap") },
		CALL(memmon_probe_mremap),
	}, {
		.class = "brk", .cover = MEMMON_COVER_BRK,
		.symbols = { MEMMON_SYSCALL("brk") },
		CALL(memmon_probe_brk),
	}, {
		.class = "brk", .cover = MEMMON_COVER_BRK, .optional = true,
		.symbols = { MEMMON_SYSCALL_32("brk") },
		CALL(memmon_probe_brk),
	}, {
		.class = "unmap", .cover = MEMMON_COVER_UNMAP,
		.symbols = { MEMMON_SYSCALL("shmdt") },
		CALL(memmon_probe_shmdt),
	}, {
		.class = "unmap", .cover = MEMMON_COVER_UNMAP, .optional = true,
		.symbols = { MEMMON_SYSCALL_32("shmdt") },
		CALL(memmon_probe_shmdt),
	}, {
		/* ipc(2) of 32-bit programs; the two above have it inlined */
		.class = "unmap", .cover = MEMMON_COVER_UNMAP, .optional = true,
		.symbols = { "ksys_shmdt" },
		CALL(memmon_probe_ksys_shmdt),
	}, {
		.class = "stack", .cover = MEMMON_COVER_STACK,
		.symbols = { "expand_downwards" },
		CALL(memmon_probe_stack),
	}, {
		.class = "special", .cover = MEMMON_COVER_SPECIAL,
		.symbols = { "_install_special_mapping" },
		CALL(memmon_probe_special),
	},
};

static u32 coverage __ro_after_init;

static struct kprobe *hook_kprobe(struct hook *hook)
{
	return hook->type == HOOK_CALL ? &hook->rp.kp : &hook->kp;
}

static void hook_match_tracepoint(struct tracepoint *tp, void *data)
{
	struct hook *hook = data;

	if (!strcmp(tp->name, hook->symbols[0]))
		hook->tp = tp;
}

/* Registers, without arming. */
static int hook_register(struct hook *hook, const char *symbol)
{
	struct kprobe *kp;

	if (hook->type == HOOK_TRACEPOINT) {
		for_each_kernel_tracepoint(hook_match_tracepoint, hook);
		return hook->tp ? 0 : -ENOENT;
	}
	kp = hook_kprobe(hook);
	kp->symbol_name = symbol;
	kp->addr = NULL;
	kp->flags = KPROBE_FLAG_DISABLED;
	if (hook->type == HOOK_ENTRY)
		return register_kprobe(kp);
	hook->rp.maxactive = maxactive;
	return register_kretprobe(&hook->rp);
}

/* A direct call goes where the return probe found the function. */
static void hook_find_direct(struct hook *hook)
{
	const struct kprobe *kp = &hook->rp.kp;

	if (hook->type != HOOK_CALL || !hook->direct)
		return;
	if (!direct || !(kp->flags & KPROBE_FLAG_FTRACE) ||
	    memmon_direct_find(hook->direct, (unsigned long)kp->addr))
		hook->direct = NULL;
}

static void hook_unregister(struct hook *hook)
{
	if (!hook->found)
		return;
	if (hook->type == HOOK_CALL) {
		if (hook->direct)
			memmon_direct_forget(hook->direct);
		unregister_kretprobe(&hook->rp);
	} else if (hook->type == HOOK_ENTRY) {
		unregister_kprobe(&hook->kp);
	}
	hook->found = NULL;
}

/* 0 also when there is nothing to find; -ENOMEM says nothing about the kernel. */
static int __init hook_find(struct hook *hook)
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

int __init memmon_hooks_init(void)
{
	u32 missing = 0;
	int i, err;

	if (maxactive < 1 || maxactive > MAXACTIVE_MAX) {
		pr_err("maxactive=%d: from 1 to %d is needed\n", maxactive, MAXACTIVE_MAX);
		return -EINVAL;
	}
	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		err = hook_find(&hooks[i]);
		if (err)
			goto err_hooks;
		if (!hooks[i].found && !hooks[i].optional)
			missing |= hooks[i].cover;
		coverage |= hooks[i].cover;
	}
	coverage &= ~missing;
	if (missing && !allow_degraded) {
		for (i = 0; i < ARRAY_SIZE(hooks); i++)
			if ((missing & hooks[i].cover) && !hooks[i].optional)
				pr_err("not loaded: this kernel has no hook for %s; allow_degraded=1 loads without\n",
				       hooks[i].class);
		err = -ENOENT;
		goto err_hooks;
	}
	return 0;

err_hooks:
	memmon_hooks_exit();
	return err;
}

void memmon_hooks_exit(void)
{
	int i;

	memmon_direct_drain();
	for (i = ARRAY_SIZE(hooks) - 1; i >= 0; i--)
		hook_unregister(&hooks[i]);
}

static u64 hook_missed(struct hook *hook)
{
	if (hook->type == HOOK_TRACEPOINT || !hook->found)
		return 0;
	/*
	 * A return probe has a counter of its own, for want of an instance.
	 * Both go on counting: any value they had is as good.
	 */
	return data_race(hook_kprobe(hook)->nmissed +
			 (hook->type == HOOK_CALL ? hook->rp.nmissed : 0));
}

static u64 hook_missed_since(struct hook *hook)
{
	return hook_missed(hook) - READ_ONCE(hook->missed_before);
}

static int hook_arm(struct hook *hook)
{
	int err;

	if (!hook->found)
		return 0;
	if (hook->type == HOOK_TRACEPOINT)
		return tracepoint_probe_register(hook->tp, hook->probe, NULL);
	if (hook->type == HOOK_CALL && hook->direct) {
		err = memmon_direct_arm(hook->direct);
		WRITE_ONCE(hook->is_direct, !err);
		if (!err)
			return 0;
	}
	return enable_kprobe(hook_kprobe(hook));
}

static void hook_disarm(struct hook *hook)
{
	if (!hook->found)
		return;
	if (hook->type == HOOK_TRACEPOINT)
		tracepoint_probe_unregister(hook->tp, hook->probe, NULL);
	else if (hook->type == HOOK_CALL && hook->is_direct)
		memmon_direct_disarm(hook->direct);
	else
		disable_kprobe(hook_kprobe(hook));
}

int memmon_hooks_arm(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		WRITE_ONCE(hooks[i].missed_before, hook_missed(&hooks[i]));
		err = hook_arm(&hooks[i]);
		if (err) {
			pr_err("%s: cannot arm %s (%d)\n", hooks[i].class, hooks[i].found, err);
			goto err_arm;
		}
	}
	return 0;

err_arm:
	while (--i >= 0)
		hook_disarm(&hooks[i]);
	tracepoint_synchronize_unregister();
	return err;
}

void memmon_hooks_disarm(void)
{
	int i;

	for (i = ARRAY_SIZE(hooks) - 1; i >= 0; i--)
		hook_disarm(&hooks[i]);
	tracepoint_synchronize_unregister();
}

u32 memmon_hooks_coverage(void)
{
	return coverage;
}

u64 memmon_hooks_missed(void)
{
	u64 missed = memmon_ring_nested();
	int i;

	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		missed += hook_missed_since(&hooks[i]);
	return missed;
}

static const char *hook_kind(const struct hook *hook)
{
	switch (hook->type) {
	case HOOK_CALL:
		return READ_ONCE(hook->is_direct) ? "direct" : "return";
	case HOOK_ENTRY:
		return "entry";
	default:
		return "tracepoint";
	}
}

void memmon_hooks_show(struct seq_file *seq)
{
	int i;

	seq_printf(seq, "%-8s %-10s %-26s %s\n", "class", "hook", "at", "missed");
	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		if (hooks[i].found)
			seq_printf(seq, "%-8s %-10s %-26s %llu\n", hooks[i].class,
				   hook_kind(&hooks[i]), hooks[i].found,
				   hook_missed_since(&hooks[i]));
}
