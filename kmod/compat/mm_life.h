/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What tells an address space from all that were before it
 */
#ifndef _MEMMON_COMPAT_MM_LIFE_H
#define _MEMMON_COMPAT_MM_LIFE_H

#include <linux/mm_types.h>
#include <linux/types.h>

/*
 * Where the kernel numbers address spaces for purposes of its own, that number
 * never comes again. Elsewhere it is where @mm is, which another one may be in
 * later.
 */
static __always_inline u64 memmon_compat_mm_life(const struct mm_struct *mm)
{
#if defined(CONFIG_X86)
	return mm->context.ctx_id;
#else
	return (unsigned long)mm;
#endif
}

#endif /* _MEMMON_COMPAT_MM_LIFE_H */
