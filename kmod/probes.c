// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each probe reads from where it stands
 */
#include <linux/err.h>
#include <linux/sched/signal.h>
#include <asm/syscall.h>

#include "probes.h"

static struct memmon_call *probe_call(struct kretprobe_instance *ri)
{
	return (struct memmon_call *)ri->data;
}

static struct memmon_mm_call *probe_mm_call(struct kretprobe_instance *ri)
{
	return (struct memmon_mm_call *)ri->data;
}

/* The record of a call on current's own address space. */
static int probe_return(u16 kind, struct kretprobe_instance *ri, s64 result)
{
	memmon_capture(kind, current, current->mm, probe_call(ri), result);
	return 0;
}

int memmon_probe_mmap_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	*probe_call(ri) = (struct memmon_call) {
		.addr = regs_get_kernel_argument(regs, 1),
		.length = regs_get_kernel_argument(regs, 2),
		.prot = regs_get_kernel_argument(regs, 3),
		.map_flags = regs_get_kernel_argument(regs, 4),
	};
	return 0;
}

int memmon_probe_mmap_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return probe_return(MEMMON_MMAP, ri, regs_return_value(regs));
}

int memmon_probe_munmap_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	*probe_call(ri) = (struct memmon_call) {
		.addr = regs_get_kernel_argument(regs, 0),
		.length = regs_get_kernel_argument(regs, 1),
	};
	return 0;
}

int memmon_probe_munmap_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return probe_return(MEMMON_MUNMAP, ri, (int)regs_return_value(regs));
}

/* The arguments of a system call whose entry point was called with @regs. */
static void probe_syscall_arguments(struct pt_regs *regs, unsigned long args[6])
{
	syscall_get_arguments(current, (struct pt_regs *)regs_get_kernel_argument(regs, 0), args);
}

int memmon_probe_mremap_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	unsigned long args[6];

	probe_syscall_arguments(regs, args);
	*probe_call(ri) = (struct memmon_call) {
		.addr = args[0],
		.length = args[2],
		.map_flags = args[3],
	};
	return 0;
}

int memmon_probe_mremap_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return probe_return(MEMMON_MREMAP, ri, regs_return_value(regs));
}

int memmon_probe_brk_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	unsigned long args[6];

	probe_syscall_arguments(regs, args);
	*probe_call(ri) = (struct memmon_call) { .addr = args[0] };
	return 0;
}

int memmon_probe_brk_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return probe_return(MEMMON_BRK, ri, regs_return_value(regs));
}

int memmon_probe_shmdt_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return memmon_probe_brk_entry(ri, regs); /* one address, too */
}

int memmon_probe_ksys_shmdt_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	*probe_call(ri) = (struct memmon_call) { .addr = regs_get_kernel_argument(regs, 0) };
	return 0;
}

int memmon_probe_shmdt_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return probe_return(MEMMON_UNMAP, ri, (long)regs_return_value(regs));
}

int memmon_probe_stack_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct vm_area_struct *vma = (void *)regs_get_kernel_argument(regs, 0);

	*probe_mm_call(ri) = (struct memmon_mm_call) {
		.call.addr = regs_get_kernel_argument(regs, 1),
		.mm = vma->vm_mm,
	};
	return 0;
}

int memmon_probe_stack_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	memmon_capture(MEMMON_STACK, current, probe_mm_call(ri)->mm, probe_call(ri),
		       (int)regs_return_value(regs));
	return 0;
}

int memmon_probe_special_entry(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	*probe_mm_call(ri) = (struct memmon_mm_call) {
		.call.addr = regs_get_kernel_argument(regs, 1),
		.call.length = regs_get_kernel_argument(regs, 2),
		.mm = (void *)regs_get_kernel_argument(regs, 0),
	};
	return 0;
}

int memmon_probe_special_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	/* What it returns is a kernel pointer, which is no one's business. */
	memmon_capture(MEMMON_SPECIAL, current, probe_mm_call(ri)->mm, probe_call(ri),
		       PTR_ERR_OR_ZERO((void *)regs_return_value(regs)));
	return 0;
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

	return signal->flags & SIGNAL_GROUP_EXIT ? signal->group_exit_code :
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
