/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What each probe reads from where it stands
 *
 * A return probe is two handlers: the entry's keeps the arguments in the
 * instance's data, a struct memmon_call or what begins with one; the return's
 * makes the record. Which function each stands in is hooks.c's.
 */
#ifndef _MEMMON_PROBES_H
#define _MEMMON_PROBES_H

#include <linux/kprobes.h>

#include "capture.h"

struct linux_binprm;

/* A call on another address space than current's. */
struct memmon_mm_call {
	struct memmon_call call;
	struct mm_struct *mm;
};

/* unsigned long do_mmap(file, addr, len, prot, flags, ...) */
int memmon_probe_mmap_entry(struct kretprobe_instance *ri, struct pt_regs *regs);
int memmon_probe_mmap_return(struct kretprobe_instance *ri, struct pt_regs *regs);

/* int __vm_munmap(start, len, ...) */
int memmon_probe_munmap_entry(struct kretprobe_instance *ri, struct pt_regs *regs);
int memmon_probe_munmap_return(struct kretprobe_instance *ri, struct pt_regs *regs);

/* long __ARCH_sys_mremap(const struct pt_regs *) */
int memmon_probe_mremap_entry(struct kretprobe_instance *ri, struct pt_regs *regs);
int memmon_probe_mremap_return(struct kretprobe_instance *ri, struct pt_regs *regs);

/* long __ARCH_sys_brk(const struct pt_regs *) */
int memmon_probe_brk_entry(struct kretprobe_instance *ri, struct pt_regs *regs);
int memmon_probe_brk_return(struct kretprobe_instance *ri, struct pt_regs *regs);

/* long __ARCH_sys_shmdt(const struct pt_regs *), long ksys_shmdt(shmaddr) */
int memmon_probe_shmdt_entry(struct kretprobe_instance *ri, struct pt_regs *regs);
int memmon_probe_ksys_shmdt_entry(struct kretprobe_instance *ri, struct pt_regs *regs);
int memmon_probe_shmdt_return(struct kretprobe_instance *ri, struct pt_regs *regs);

/* int expand_downwards(vma, address, ...) */
int memmon_probe_stack_entry(struct kretprobe_instance *ri, struct pt_regs *regs);
int memmon_probe_stack_return(struct kretprobe_instance *ri, struct pt_regs *regs);

/* struct vm_area_struct *_install_special_mapping(mm, addr, len, ...) */
int memmon_probe_special_entry(struct kretprobe_instance *ri, struct pt_regs *regs);
int memmon_probe_special_return(struct kretprobe_instance *ri, struct pt_regs *regs);

/* void exit_mmap(mm) */
int memmon_probe_exit_mmap(struct kprobe *p, struct pt_regs *regs);

/* void taskstats_exit(task, group_dead) */
int memmon_probe_exit(struct kprobe *p, struct pt_regs *regs);

/* tracepoints */
void memmon_probe_fork(void *data, struct task_struct *parent, struct task_struct *child);
void memmon_probe_exec(void *data, struct task_struct *task, pid_t old_pid,
		       struct linux_binprm *bprm);

#endif /* _MEMMON_PROBES_H */
