/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What trampoline.S leads from, and to
 */
#ifndef _MEMMON_TRAMPOLINE_H
#define _MEMMON_TRAMPOLINE_H

/*
 * Not to be called: for ftrace. Each goes on in the stand-in below it; with a
 * filter by way of the function below that.
 */
void memmon_trampoline_do_mmap(void);
unsigned long memmon_stand_in_do_mmap(unsigned long file, unsigned long addr, unsigned long len,
				      unsigned long prot, unsigned long flags, unsigned long f,
				      unsigned long g, unsigned long h, unsigned long i);
unsigned long memmon_filter_do_mmap(unsigned long file, unsigned long addr, unsigned long len,
				    unsigned long prot, unsigned long flags, unsigned long f,
				    unsigned long g, unsigned long h, unsigned long i);

void memmon_trampoline_vm_munmap(void);
unsigned long memmon_stand_in_vm_munmap(unsigned long start, unsigned long len, unsigned long c,
					unsigned long d, unsigned long e, unsigned long f);
unsigned long memmon_filter_vm_munmap(unsigned long start, unsigned long len, unsigned long c,
				      unsigned long d, unsigned long e, unsigned long f);

#endif /* _MEMMON_TRAMPOLINE_H */
