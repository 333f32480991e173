/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What do_mmap() is called with
 *
 * The stand-in (direct.c) and the probe (probes.c) know this much of it: file,
 * addr, len, prot and flags come first, and it has nine arguments at most, a
 * word each. A kernel of which that is not true is told here, at compile time.
 */
#ifndef _MEMMON_COMPAT_DO_MMAP_H
#define _MEMMON_COMPAT_DO_MMAP_H

#include <linux/mm.h>
#include <linux/version.h>

#if KERNEL_VERSION(6, 6, 0) <= LINUX_VERSION_CODE
typedef unsigned long memmon_compat_do_mmap(struct file *file, unsigned long addr,
					    unsigned long len, unsigned long prot,
					    unsigned long flags, vm_flags_t vm_flags,
					    unsigned long pgoff, unsigned long *populate,
					    struct list_head *uf);
#else
typedef unsigned long memmon_compat_do_mmap(struct file *file, unsigned long addr,
					    unsigned long len, unsigned long prot,
					    unsigned long flags, unsigned long pgoff,
					    unsigned long *populate, struct list_head *uf);
#endif
static_assert(__same_type(memmon_compat_do_mmap, do_mmap));

#endif /* _MEMMON_COMPAT_DO_MMAP_H */
