/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What trampoline.S leads from, and to
 */
#ifndef _MEMMON_TRAMPOLINE_H
#define _MEMMON_TRAMPOLINE_H

/* Of enum memmon_kind, which the assembler cannot read. */
#define TRAMPOLINE_MMAP 16
#define TRAMPOLINE_MUNMAP 17

#ifndef __ASSEMBLY__

#include <linux/types.h>

/*
 * Not to be called: for ftrace. Each goes on in the stand-in below it, or back
 * into the function where memmon_direct_passes().
 */
void memmon_trampoline_do_mmap(void);
unsigned long memmon_stand_in_do_mmap(unsigned long file, unsigned long addr, unsigned long len,
				      unsigned long prot, unsigned long flags, unsigned long f,
				      unsigned long g, unsigned long h, unsigned long i);

void memmon_trampoline_vm_munmap(void);
unsigned long memmon_stand_in_vm_munmap(unsigned long start, unsigned long len, unsigned long c,
					unsigned long d, unsigned long e, unsigned long f);

bool memmon_direct_passes(u16 kind);

#endif /* __ASSEMBLY__ */

#endif /* _MEMMON_TRAMPOLINE_H */
