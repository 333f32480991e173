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

#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/tracepoint.h>

#include "compat/syscall.h"
#include "direct.h"
#include "hook.h"
#include "hooks.h"
#include "probes.h"
#include "ring.h"

static bool allow_degraded;
module_param(allow_degraded, bool, 0444);
MODULE_PARM_DESC(allow_degraded, "load even if a class of change cannot be hooked");

static struct memmon_hook hooks[] = {
	{
		.class = "exit", .cover = MEMMON_COVER_EXIT,
		.symbols = { "taskstats_exit" },
		MEMMON_HOOK_BY_ENTRY(memmon_probe_exit),
	}, {
		.class = "mm_exit", .cover = MEMMON_COVER_MM_EXIT,
		.symbols = { "exit_mmap" },
		MEMMON_HOOK_BY_ENTRY(memmon_probe_exit_mmap),
	}, {
		.class = "fork", .cover = MEMMON_COVER_FORK,
		.symbols = { "sched_process_fork" },
		MEMMON_HOOK_BY_TRACEPOINT(memmon_probe_fork),
	}, {
		.class = "exec", .cover = MEMMON_COVER_EXEC,
		.symbols = { "sched_process_exec" },
		MEMMON_HOOK_BY_TRACEPOINT(memmon_probe_exec),
	}, {
		.class = "mmap", .cover = MEMMON_COVER_MMAP,
		.symbols = { "do_mmap" },
		MEMMON_HOOK_BY_CALL(memmon_probe_mmap),
		.direct = &memmon_direct_mmap,
	}, {
		.class = "munmap", .cover = MEMMON_COVER_MUNMAP,
		.symbols = { "__vm_munmap" },
		MEMMON_HOOK_BY_CALL(memmon_probe_munmap),
		.direct = &memmon_direct_munmap,
	}, {
		.class = "mremap", .cover = MEMMON_COVER_MREMAP,
		.symbols = { MEMMON_SYSCALL("mremap") },
		MEMMON_HOOK_BY_CALL(memmon_probe_mremap),
	}, {
		.class = "mremap", .cover = MEMMON_COVER_MREMAP, .optional = true,
		.symbols = { MEMMON_SYSCALL_32("mremap") },
		MEMMON_HOOK_BY_CALL(memmon_probe_mremap),
	}, {
		.class = "brk", .cover = MEMMON_COVER_BRK,
		.symbols = { MEMMON_SYSCALL("brk") },
		MEMMON_HOOK_BY_CALL(memmon_probe_brk),
	}, {
		.class = "brk", .cover = MEMMON_COVER_BRK, .optional = true,
		.symbols = { MEMMON_SYSCALL_32("brk") },
		MEMMON_HOOK_BY_CALL(memmon_probe_brk),
	}, {
		.class = "unmap", .cover = MEMMON_COVER_UNMAP,
		.symbols = { MEMMON_SYSCALL("shmdt") },
		MEMMON_HOOK_BY_CALL(memmon_probe_shmdt),
	}, {
		.class = "unmap", .cover = MEMMON_COVER_UNMAP, .optional = true,
		.symbols = { MEMMON_SYSCALL_32("shmdt") },
		MEMMON_HOOK_BY_CALL(memmon_probe_shmdt),
	}, {
		/* ipc(2) of 32-bit programs; the two above have it inlined */
		.class = "unmap", .cover = MEMMON_COVER_UNMAP, .optional = true,
		.symbols = { "ksys_shmdt" },
		MEMMON_HOOK_BY_CALL(memmon_probe_ksys_shmdt),
	}, {
		.class = "stack", .cover = MEMMON_COVER_STACK,
		.symbols = { "expand_downwards" },
		MEMMON_HOOK_BY_CALL(memmon_probe_stack),
	}, {
		.class = "special", .cover = MEMMON_COVER_SPECIAL,
		.symbols = { "_install_special_mapping" },
		MEMMON_HOOK_BY_CALL(memmon_probe_special),
	},
};

static u32 coverage __ro_after_init;

int __init memmon_hooks_init(void)
{
	u32 missing = 0;
	int i, err;

	err = memmon_hook_check_parameters();
	if (err)
		return err;
	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		err = memmon_hook_find(&hooks[i]);
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
		memmon_hook_forget(&hooks[i]);
}

int memmon_hooks_arm(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		err = memmon_hook_arm(&hooks[i]);
		if (err) {
			pr_err("%s: cannot arm %s (%d)\n", hooks[i].class, hooks[i].found, err);
			goto err_arm;
		}
	}
	return 0;

err_arm:
	while (--i >= 0)
		memmon_hook_disarm(&hooks[i]);
	tracepoint_synchronize_unregister();
	return err;
}

void memmon_hooks_disarm(void)
{
	int i;

	for (i = ARRAY_SIZE(hooks) - 1; i >= 0; i--)
		memmon_hook_disarm(&hooks[i]);
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
		missed += memmon_hook_missed(&hooks[i]);
	return missed;
}

void memmon_hooks_show(struct seq_file *seq)
{
	int i;

	seq_printf(seq, "%-8s %-10s %-26s %s\n", "class", "hook", "at", "missed");
	for (i = 0; i < ARRAY_SIZE(hooks); i++)
		if (hooks[i].found)
			seq_printf(seq, "%-8s %-10s %-26s %llu\n", hooks[i].class,
				   memmon_hook_kind(&hooks[i]), hooks[i].found,
				   memmon_hook_missed(&hooks[i]));
}
