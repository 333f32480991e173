// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each probe reads from where it stands
 */
#include <linux/err.h>
#include <linux/sched/signal.h>
#include <asm/syscall.h>

#include "probes.h"

/* The record of a call on current's own address space. */
static __always_inline void probe_own(u16 kind, const struct memmon_call *call, s64 result)
{
	memmon_capture(kind, current, current->mm, call, result);
}

void memmon_probe_mmap(const struct memmon_args *args, unsigned long result)
{
	const struct memmon_call call = {
		.addr = args->at[1],
		.length = args->at[2],
		.prot = args->at[3],
		.map_flags = args->at[4],
	};

	probe_own(MEMMON_MMAP, &call, result);
}

void memmon_probe_munmap(const struct memmon_args *args, unsigned long result)
{
	const struct memmon_call call = { .addr = args->at[0], .length = args->at[1] };

	probe_own(MEMMON_MUNMAP, &call, (int)result);
}

/*
 * The arguments of the system call whose entry point was called with @args:
 * they stay in the registers the task came in with until it goes back.
 */
static void probe_syscall(const struct memmon_args *args, unsigned long syscall[6])
{
	syscall_get_arguments(current, (struct pt_regs *)args->at[0], syscall);
}

void memmon_probe_mremap(const struct memmon_args *args, unsigned long result)
{
	unsigned long syscall[6];

	probe_syscall(args, syscall);
	probe_own(MEMMON_MREMAP,
		  &(struct memmon_call) {
			  .addr = syscall[0], .length = syscall[2], .map_flags = syscall[3] },
		  result);
}

/* A system call with one argument, an address. */
static void probe_address(u16 kind, const struct memmon_args *args, unsigned long result)
{
	unsigned long syscall[6];

	probe_syscall(args, syscall);
	probe_own(kind, &(struct memmon_call) { .addr = syscall[0] }, result);
}

void memmon_probe_brk(const struct memmon_args *args, unsigned long result)
{
	probe_address(MEMMON_BRK, args, result);
}

void memmon_probe_shmdt(const struct memmon_args *args, unsigned long result)
{
	probe_address(MEMMON_UNMAP, args, result);
}

void memmon_probe_ksys_shmdt(const struct memmon_args *args, unsigned long result)
{
	probe_own(MEMMON_UNMAP, &(struct memmon_call) { .addr = args->at[0] }, result);
}

void memmon_probe_stack(const struct memmon_args *args, unsigned long result)
{
	const struct vm_area_struct *vma = (void *)args->at[0];

	memmon_capture(MEMMON_STACK, current, vma->vm_mm,
		       &(struct memmon_call) { .addr = args->at[1] }, (int)result);
}

void memmon_probe_special(const struct memmon_args *args, unsigned long result)
{
	/* What it returns is a kernel pointer, which is no one's business. */
	memmon_capture(MEMMON_SPECIAL, current, (void *)args->at[0],
		       &(struct memmon_call) { .addr = args->at[1], .length = args->at[2] },
		       PTR_ERR_OR_ZERO((void *)result));
}

int memmon_probe_exit_mmap(struct kprobe *p, struct pt_regs *regs)
{
	memmon_capture(MEMMON_MM_EXIT, current, (void *)regs_get_kernel_argument(regs, 0),
		       &memmon_call_none, 0);
	return 0;
}

/* As wait(2) gives it. */
static s64 probe_exit_code(const struct task_struct *task)
{
	const struct signal_struct *signal = task->signal;

	/* Signals still come in; this flag stays as it is. */
	return READ_ONCE(signal->flags) & SIGNAL_GROUP_EXIT ? signal->group_exit_code :
							      task->group_leader->exit_code;
}

/*
 * The tracepoint sched_process_exit comes once a thread and cannot tell the
 * last of two that leave at the same time. This function is called a few lines
 * above it with what do_exit() itself found out.
 */
int memmon_probe_exit(struct kprobe *p, struct pt_regs *regs)
{
	struct task_struct *task = (void *)regs_get_kernel_argument(regs, 0);
	bool group_dead = (int)regs_get_kernel_argument(regs, 1);

	if (group_dead && !(task->flags & PF_KTHREAD))
		memmon_capture(MEMMON_EXIT, task, task->mm, &memmon_call_none,
			       probe_exit_code(task));
	return 0;
}

void memmon_probe_fork(void *data, struct task_struct *parent, struct task_struct *child)
{
	if (thread_group_leader(child) && !(child->flags & PF_KTHREAD))
		memmon_capture(MEMMON_FORK, child, child->mm, &memmon_call_none, parent->tgid);
}

void memmon_probe_exec(void *data, struct task_struct *task, pid_t old_pid,
		       struct linux_binprm *bprm)
{
	memmon_capture(MEMMON_EXEC, task, task->mm, &memmon_call_none, 0);
}
