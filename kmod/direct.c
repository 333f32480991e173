// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hooks without a return probe
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/ftrace.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/static_call.h>

#include "compat/direct.h"
#include "compat/do_mmap.h"
#include "direct.h"
#include "filter.h"
#include "probes.h"
#include "ring.h"
#include "trampoline.h"

static_assert(TRAMPOLINE_MMAP == MEMMON_MMAP);
static_assert(TRAMPOLINE_MUNMAP == MEMMON_MUNMAP);

/**
 * struct memmon_direct - one hooked function
 * @trampoline: what it calls first.
 * @continue_at: tells the stand-in where the rest of the function is.
 * @ops: the hook, for ftrace.
 */
struct memmon_direct {
	void (*trampoline)(void);
	void (*continue_at)(unsigned long address);
	struct ftrace_ops ops;
};

/*
 * Tasks between enter and leave, on the CPU they entered and left: only the
 * sum says anything. A function that is hooked may sleep as long as it likes.
 */
static DEFINE_PER_CPU(long, inside);

/*
 * Does the filter leave out what current is about to do? Then the call is
 * counted as it comes, which is all that memmon_capture() would do with it.
 */
bool memmon_direct_passes(u16 kind)
{
	struct memmon_ring *ring;

	if (!memmon_filter_rejects(current))
		return false;
	preempt_disable_notrace();
	ring = memmon_ring_enter();
	if (ring) {
		memmon_ring_add(ring->hooked, kind);
		memmon_ring_add(ring->filtered, kind);
		memmon_ring_leave(ring);
	}
	preempt_enable_notrace();
	return true;
}

static __always_inline void direct_enter(void)
{
	this_cpu_inc(inside);
}

/* The call is over: makes its record. */
static __always_inline void direct_leave(memmon_call_probe *probe, const struct memmon_args *args,
					 unsigned long result)
{
	preempt_disable_notrace();
	probe(args, result);
	preempt_enable_notrace();
	this_cpu_dec(inside);
}

/*
 * A function can be stood in for without its type: as many words as it may
 * have for arguments are passed on as they are, six in registers and the rest
 * on the stack, where there is always something to read.
 */
DEFINE_STATIC_CALL_NULL(rest_of_do_mmap, memmon_stand_in_do_mmap);

unsigned long memmon_stand_in_do_mmap(unsigned long file, unsigned long addr, unsigned long len,
				      unsigned long prot, unsigned long flags, unsigned long f,
				      unsigned long g, unsigned long h, unsigned long i)
{
	unsigned long result;

	direct_enter();
	result = static_call(rest_of_do_mmap)(file, addr, len, prot, flags, f, g, h, i);
	direct_leave(memmon_probe_mmap,
		     &(struct memmon_args) { { file, addr, len, prot, flags } }, result);
	return result;
}

static void direct_continue_do_mmap(unsigned long address)
{
	static_call_update(rest_of_do_mmap, (typeof(memmon_stand_in_do_mmap) *)address);
}

struct memmon_direct memmon_direct_mmap = {
	.trampoline = memmon_trampoline_do_mmap,
	.continue_at = direct_continue_do_mmap,
};

DEFINE_STATIC_CALL_NULL(rest_of_vm_munmap, memmon_stand_in_vm_munmap);

unsigned long memmon_stand_in_vm_munmap(unsigned long start, unsigned long len, unsigned long c,
					unsigned long d, unsigned long e, unsigned long f)
{
	unsigned long result;

	direct_enter();
	result = static_call(rest_of_vm_munmap)(start, len, c, d, e, f);
	direct_leave(memmon_probe_munmap, &(struct memmon_args) { { start, len } }, result);
	return result;
}

static void direct_continue_vm_munmap(unsigned long address)
{
	static_call_update(rest_of_vm_munmap, (typeof(memmon_stand_in_vm_munmap) *)address);
}

struct memmon_direct memmon_direct_munmap = {
	.trampoline = memmon_trampoline_vm_munmap,
	.continue_at = direct_continue_vm_munmap,
};

int memmon_direct_find(struct memmon_direct *direct, unsigned long fentry)
{
	int err = ftrace_set_filter_ip(&direct->ops, fentry, 0, 0);

	if (!err)
		direct->continue_at(fentry + MCOUNT_INSN_SIZE);
	return err;
}

void memmon_direct_forget(struct memmon_direct *direct)
{
	ftrace_free_filter(&direct->ops);
}

int memmon_direct_arm(struct memmon_direct *direct)
{
	return memmon_compat_register_direct(&direct->ops, (unsigned long)direct->trampoline);
}

void memmon_direct_disarm(struct memmon_direct *direct)
{
	memmon_compat_unregister_direct(&direct->ops, (unsigned long)direct->trampoline);
}

static long direct_inside(void)
{
	long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(inside, cpu));
	return sum;
}

void memmon_direct_drain(void)
{
	synchronize_rcu_tasks(); /* nobody is before direct_enter() */
	if (direct_inside())
		pr_info("waiting for %ld calls to return\n", direct_inside());
	while (direct_inside())
		msleep(20);
	synchronize_rcu_tasks(); /* nor after direct_leave() */
}
