/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What each probe reads from where it stands
 *
 * Which function each stands in, and how it is held there, is hooks.c's.
 */
#ifndef _MEMMON_PROBES_H
#define _MEMMON_PROBES_H

#include <linux/kprobes.h>

#include "capture.h"

struct linux_binprm;

/* What a function was called with: its first arguments, in order. */
#define MEMMON_ARGS 6
struct memmon_args {
	unsigned long at[MEMMON_ARGS];
};

/*
 * Calls: makes the record of one that has just returned @result. Preemption is
 * off, and so far the caller of the function has not gone on.
 */
typedef void memmon_call_probe(const struct memmon_args *args, unsigned long result);

memmon_call_probe memmon_probe_mmap;	/* do_mmap(file, addr, len, prot, flags, ...) */
memmon_call_probe memmon_probe_munmap;	/* int __vm_munmap(start, len, ...) */
memmon_call_probe memmon_probe_mremap;	/* __ARCH_sys_mremap(const struct pt_regs *) */
memmon_call_probe memmon_probe_brk;	/* __ARCH_sys_brk(const struct pt_regs *) */
memmon_call_probe memmon_probe_shmdt;	/* __ARCH_sys_shmdt(const struct pt_regs *) */
memmon_call_probe memmon_probe_ksys_shmdt; /* ksys_shmdt(shmaddr) */
memmon_call_probe memmon_probe_stack;	/* int expand_downwards(vma, address, ...) */
memmon_call_probe memmon_probe_special;	/* _install_special_mapping(mm, addr, len, ...) */

/* void exit_mmap(mm) */
int memmon_probe_exit_mmap(struct kprobe *p, struct pt_regs *regs);

/* void taskstats_exit(task, group_dead) */
int memmon_probe_exit(struct kprobe *p, struct pt_regs *regs);

/* tracepoints */
void memmon_probe_fork(void *data, struct task_struct *parent, struct task_struct *child);
void memmon_probe_exec(void *data, struct task_struct *task, pid_t old_pid,
		       struct linux_binprm *bprm);

#endif /* _MEMMON_PROBES_H */
