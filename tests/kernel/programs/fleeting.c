// SPDX-License-Identifier: Apache-2.0
/*
 * fleeting.c - fleeting
 *
 * Lives as shortly as a program can: maps a page and ends. Without a library, whose
 * loading would take a hundred times as long.
 */

enum { sys_mmap = 9, sys_exit_group = 231 };

void _start(void)
{
	register long flags asm("r10") = 0x22 /* private, anonymous */;
	register long fd asm("r8") = -1;
	register long offset asm("r9") = 0;
	long at;

	asm volatile("syscall"
		     : "=a"(at)
		     : "a"(sys_mmap), "D"(0), "S"(4096), "d"(1), "r"(flags), "r"(fd), "r"(offset)
		     : "rcx", "r11", "memory");
	asm volatile("syscall"
		     : "=a"(at)
		     : "a"(sys_exit_group), "D"(at < 0)
		     : "rcx", "r11", "memory");
	__builtin_unreachable();
}
