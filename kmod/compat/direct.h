/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a direct caller is put on the functions an ftrace_ops names
 */
#ifndef _MEMMON_COMPAT_DIRECT_H
#define _MEMMON_COMPAT_DIRECT_H

#include <linux/ftrace.h>
#include <linux/version.h>

static inline int memmon_compat_register_direct(struct ftrace_ops *ops, unsigned long trampoline)
{
#if KERNEL_VERSION(6, 4, 0) <= LINUX_VERSION_CODE
	return register_ftrace_direct(ops, trampoline);
#else
	return register_ftrace_direct_multi(ops, trampoline);
#endif
}

static inline void memmon_compat_unregister_direct(struct ftrace_ops *ops, unsigned long trampoline)
{
#if KERNEL_VERSION(6, 4, 0) <= LINUX_VERSION_CODE
	unregister_ftrace_direct(ops, trampoline, false);
#else
	unregister_ftrace_direct_multi(ops, trampoline);
#endif
}

#endif /* _MEMMON_COMPAT_DIRECT_H */
