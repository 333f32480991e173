/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the entry points of system calls are called
 *
 * Each takes a const struct pt_regs * with the caller's arguments. The one for
 * 32-bit callers is not there in every kernel.
 */
#ifndef _MEMMON_COMPAT_SYSCALL_H
#define _MEMMON_COMPAT_SYSCALL_H

#if defined(CONFIG_X86_64)
#define MEMMON_SYSCALL(name) "__x64_sys_" name
#define MEMMON_SYSCALL_32(name) "__ia32_sys_" name
#elif defined(CONFIG_ARM64)
#define MEMMON_SYSCALL(name) "__arm64_sys_" name
#define MEMMON_SYSCALL_32(name) "__arm64_compat_sys_" name
#else
#error "memmon does not know this architecture's system call entry points"
#endif

#endif /* _MEMMON_COMPAT_SYSCALL_H */
