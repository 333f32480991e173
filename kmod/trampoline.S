/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a hooked function's first instruction calls to: see direct.h
 *
 * On the stack are the way into the function and, above it, the way back to
 * its caller. Without the first, the C function that stands in for the hooked
 * one finds arguments and return address as if the caller had called it.
 *
 * Where there is a filter, it is asked first, with the arguments kept: a call
 * it leaves out goes on into the function, as if nobody had hooked it.
 */
#include <linux/linkage.h>
#include <asm/unwind_hints.h>

#include "trampoline.h"

.macro MEMMON_TRAMPOLINE function kind
SYM_FUNC_START(memmon_trampoline_\function)
	cmpl	$0, memmon_filter_tgid(%rip)
	jne	.Lask_filter_\function
.Lstand_in_\function:
	addq	$8, %rsp
	UNWIND_HINT_FUNC
	jmp	memmon_stand_in_\function

.Lask_filter_\function:
	pushq	%rdi
	pushq	%rsi
	pushq	%rdx
	pushq	%rcx
	pushq	%r8
	pushq	%r9
	movl	$\kind, %edi
	call	memmon_direct_passes
	popq	%r9
	popq	%r8
	popq	%rcx
	popq	%rdx
	popq	%rsi
	popq	%rdi
	testb	%al, %al
	jz	.Lstand_in_\function
	RET
SYM_FUNC_END(memmon_trampoline_\function)
.endm

	.text
MEMMON_TRAMPOLINE do_mmap TRAMPOLINE_MMAP
MEMMON_TRAMPOLINE vm_munmap TRAMPOLINE_MUNMAP
