// SPDX-License-Identifier: Apache-2.0
/*
 * mappings.c - changes to an address space by its own system calls
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "changes.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

static unsigned long break_before;
static pthread_mutex_t break_lock = PTHREAD_MUTEX_INITIALIZER;

static unsigned long length(struct worker *w)
{
	return (1 + below(w, 32)) * PAGE - below(w, 2) * below(w, PAGE);
}

static int prot(struct worker *w)
{
	return below(w, 4) ? PROT_READ | PROT_WRITE : (int)below(w, 4);
}

static void map_fixed(struct worker *w)
{
	mmap(where(w), length(w), prot(w), MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static void map_noreplace(struct worker *w)
{
	mmap(where(w), length(w), prot(w), MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
}

static void map_anywhere(struct worker *w)
{
	unsigned long size = length(w) + (below(w, 64) ? 0 : 20UL << 40);
	char *at = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		return;
	if (size > PAGE && below(w, 2)) {
		munmap(at + PAGE, size - PAGE);
		size = PAGE;
	}
	munmap(at, size);
}

static void map_refused(struct worker *w)
{
	mmap(NULL, 1UL << (47 + below(w, 17)), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mmap(where(w), 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void map_file(struct worker *w)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	mmap(where(w), length(w), PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_POPULATE, fd, 0);
	close(fd);
}

static void unmap(struct worker *w)
{
	munmap(where(w), length(w));
}

static void unmap_refused(struct worker *w)
{
	munmap((char *)where(w) + 1, length(w));
}

static void remap(struct worker *w)
{
	unsigned long size = length(w);
	char *at = mremap(where(w), (1 + below(w, 16)) * PAGE, size, MREMAP_MAYMOVE);

	if (at != MAP_FAILED && ((unsigned long)at - w->window) >> 32)
		munmap(at, size); /* it was moved out of the window */
}

static void remap_fixed(struct worker *w)
{
	mremap(where(w), (1 + below(w, 16)) * PAGE, (1 + below(w, 16)) * PAGE,
	       MREMAP_MAYMOVE | MREMAP_FIXED, where(w));
}

static void remap_keep(struct worker *w)
{
	unsigned long size = (1 + below(w, 16)) * PAGE;

	mremap(where(w), size, size, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, where(w));
}

static void protect(struct worker *w)
{
	mprotect(where(w), length(w), prot(w));
}

/* What other threads read without a lock is wrong for a moment, again and again. */
static void protect_much(struct worker *w)
{
	char *at = mmap(NULL, 64 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		return;
	for (int i = 0; i < 32; i++)
		mprotect(at, 64 * PAGE, i % 2 ? PROT_READ : PROT_READ | PROT_WRITE);
	munmap(at, 64 * PAGE);
	(void)w;
}

static void dont_fork(struct worker *w)
{
	madvise(where(w), length(w), below(w, 2) ? MADV_DONTFORK : MADV_DOFORK);
}

static void move_break(struct worker *w)
{
	/* A child born while another thread held it finds it locked for ever. */
	if (pthread_mutex_trylock(&break_lock))
		return;
	syscall(SYS_brk, break_before + below(w, 64) * PAGE - below(w, 2) * 8);
	pthread_mutex_unlock(&break_lock);
}

static void grow_stack(struct worker *w)
{
	/* Above the window, with room for the guard gap. */
	char *at = (char *)w->window + (WINDOW_PAGES + 4096) * PAGE;

	if (mmap(at, 2 * PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_GROWSDOWN, -1, 0) == MAP_FAILED)
		return;
	for (unsigned long i = 0; i <= 1 + below(w, 8); i++)
		*(volatile char *)(at - i * PAGE) = 1;
	if (below(w, 2))
		munmap(at - 64 * PAGE, 66 * PAGE);
}

static void share(struct worker *w)
{
	int id = shmget(IPC_PRIVATE, length(w), IPC_CREAT | 0600);
	void *at;

	if (id < 0)
		return;
	at = shmat(id, where(w), below(w, 2) ? SHM_REMAP : 0);
	shmctl(id, IPC_RMID, NULL);
	if (at != (void *)-1 && below(w, 4))
		shmdt(at);
}

static void share_refused(struct worker *w)
{
	shmdt(where(w));
}

/* A system call as a 32-bit program makes it. */
static long int80(long number, long a, long b, long c, long d, long e)
{
	long result;

	asm volatile("int $0x80" : "=a"(result)
		     : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
		     : "memory", "r8", "r9", "r10", "r11");
	return result & 0xffffffff;
}

static bool refused32(long result)
{
	return result > 0xffffffff - 4096;
}

static void compat(struct worker *w)
{
	enum { munmap32 = 91, mremap32 = 163, mmap32 = 192 };
	long size = (2 + below(w, 16)) * PAGE;
	long at = int80(mmap32, 0, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	if (refused32(at))
		return;
	int80(munmap32, at, PAGE, 0, 0, 0);
	if (below(w, 2) && !refused32(int80(mremap32, at + PAGE, size - PAGE, size, 0, 0)))
		size += PAGE;
	int80(munmap32, at + PAGE, size - PAGE, 0, 0, 0);
}

static void (*const ways[])(struct worker *w) = {
	map_fixed, map_fixed, map_fixed, map_noreplace, map_anywhere, map_anywhere, map_refused,
	map_file, unmap, unmap, unmap_refused, remap, remap, remap_fixed, remap_keep, protect,
	protect_much, dont_fork, move_break, move_break, grow_stack, share, share_refused, compat,
};

void change_mappings(struct worker *w, unsigned long count)
{
	while (count--)
		ways[below(w, sizeof(ways) / sizeof(*ways))](w);
}

void mappings_begin(void)
{
	break_before = (syscall(SYS_brk, 0) + PAGE) & ~(PAGE - 1);
}
