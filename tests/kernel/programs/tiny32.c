// SPDX-License-Identifier: Apache-2.0
/*
 * tiny32.c - tiny32
 *
 * A 32-bit program: changes its address space in every way it has, a little, and
 * holds still until it is killed. Without a library, which 32-bit ones would be
 * needed for.
 */

enum { sys_pause = 29, sys_brk = 45, sys_munmap = 91, sys_mremap = 163, sys_mmap2 = 192 };

static long call(long number, long a, long b, long c, long d, long e)
{
	long result;

	/* No sixth argument: the register it would be in is the frame's. */
	asm volatile("int $0x80" : "=a"(result)
		     : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e) : "memory");
	return result;
}

static int grow_stack(int pages)
{
	volatile char page[4096];

	page[0] = pages;
	return pages ? grow_stack(pages - 1) + page[0] : 0;
}

void _start(void)
{
	enum { read_write = 3, private_anonymous = 0x22, may_move = 1 };
	long at = call(sys_mmap2, 0, 40960, read_write, private_anonymous, -1);
	long end = call(sys_brk, 0, 0, 0, 0, 0);

	call(sys_munmap, at + 4096, 4096, 0, 0, 0);
	call(sys_mremap, at + 8192, 8192, 65536, may_move, 0);
	call(sys_brk, end + 100000, 0, 0, 0, 0);
	call(sys_brk, end + 20000, 0, 0, 0, 0);
	grow_stack(60);
	for (;;)
		call(sys_pause, 0, 0, 0, 0, 0);
}
