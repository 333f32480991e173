/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a hooked function's first instruction calls to: see direct.h
 *
 * On the stack are the way into the function and, above it, the way back to
 * its caller. Without the first, the C function that stands in for the hooked
 * one finds arguments and return address as if the caller had called it. Where
 * there is a filter, one more function comes first, which lets calls pass that
 * are not to be recorded.
 */
#include <linux/linkage.h>
#include <asm/unwind_hints.h>

.macro MEMMON_TRAMPOLINE function
SYM_FUNC_START(memmon_trampoline_\function)
	addq	$8, %rsp
	UNWIND_HINT_FUNC
	cmpl	$0, memmon_filter_tgid(%rip)
	jne	memmon_filter_\function
	jmp	memmon_stand_in_\function
SYM_FUNC_END(memmon_trampoline_\function)
.endm

	.text
MEMMON_TRAMPOLINE do_mmap
MEMMON_TRAMPOLINE vm_munmap
