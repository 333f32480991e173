// SPDX-License-Identifier: Apache-2.0
/*
 * changes.c - changes SEED THREADS [LEFT]
 *
 * Changes its address space at random, in every way there is. For a line N on
 * standard input its THREADS threads make N changes each, print "done" and
 * hold still. LEFT: changes that are left of the line before; it is how an
 * image hands over to the next at exec.
 *
 * Each thread has a window of addresses of its own, far from where the kernel
 * places mappings: whatever it does there hits no one else. What the kernel
 * placed is unmapped once and no more: others may be there at once.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif
#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define PAGE 4096UL
#define THREADS_MAX 16
#define WINDOW_PAGES 256UL
#define WINDOW(i) (0x100000000000UL + (i) * 0x1000000000UL)
#define LINGERERS 3

struct worker {
	pthread_t thread;
	unsigned long seed;
	unsigned long window;
	char stack[65536] __attribute__((aligned(16))); /* of a child that shares all memory */
};

static struct worker workers[THREADS_MAX];
static unsigned int thread_count;
static unsigned long changes;
static unsigned long break_before;
static pthread_mutex_t break_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t begin, over;
static pid_t lingerers[LINGERERS];
static char **arguments;
static char neighbour[4096]; /* tiny32, a 32-bit program */

/* splitmix64 */
static unsigned long next(struct worker *w)
{
	unsigned long z = (w->seed += 0x9e3779b97f4a7c15UL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9UL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebUL;
	return z ^ (z >> 31);
}

static unsigned long below(struct worker *w, unsigned long n)
{
	return next(w) % n;
}

/* Somewhere in the window, on a page. */
static void *where(struct worker *w)
{
	return (void *)(w->window + below(w, WINDOW_PAGES) * PAGE);
}

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

static void some(struct worker *w, unsigned long count);

static void fork_and_wait(struct worker *w)
{
	pid_t pid = fork();

	if (!pid) {
		some(w, below(w, 6));
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void vfork_and_wait(struct worker *w)
{
	void *at = where(w);
	pid_t pid = vfork();

	if (!pid) {
		syscall(SYS_munmap, at, 4 * PAGE);
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void spawn_and_wait(struct worker *w)
{
	pid_t pid = vfork();

	if (!pid) {
		execl("/bin/true", "true", NULL);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
	(void)w;
}

static int run_beside(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < 3; i++)
		syscall(SYS_munmap, w->window + below(w, WINDOW_PAGES) * PAGE, PAGE);
	return 0;
}

/* A process of its own in the same address space. */
static void share_all_and_wait(struct worker *w)
{
	pid_t pid = clone(run_beside, w->stack + sizeof(w->stack), CLONE_VM | SIGCHLD, w);

	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void *outlive(void *arg)
{
	struct worker *w = arg;

	some(w, below(w, 4));
	pause();
	return NULL;
}

/* A child that holds still until the next line, in one of several ways. */
static void linger(struct worker *w)
{
	pid_t *slot = &lingerers[below(w, LINGERERS)];
	pthread_t thread;
	pid_t pid;

	if (w != workers || *slot)
		return; /* the first thread's alone */
	pid = fork();
	if (pid) {
		*slot = pid > 0 ? pid : 0;
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	some(w, below(w, 4));
	switch (below(w, 3)) {
	case 0:
		execl("/bin/sleep", "sleep", "1000", NULL);
		break;
	case 1:
		execl(neighbour, "tiny32", NULL);
		break;
	}
	/* The first thread goes before the other. */
	if (!pthread_create(&thread, NULL, outlive, w))
		syscall(SYS_exit, 0);
	pause();
}

static void end_lingerers(void)
{
	for (int i = 0; i < LINGERERS; i++) {
		if (!lingerers[i])
			continue;
		kill(lingerers[i], SIGKILL);
		waitpid(lingerers[i], NULL, 0);
		lingerers[i] = 0;
	}
}

static void *do_nothing(void *arg)
{
	return arg;
}

static void new_thread(struct worker *w)
{
	pthread_t thread;

	if (!pthread_create(&thread, NULL, do_nothing, w))
		pthread_join(thread, NULL);
}

static void (*const ways[])(struct worker *w) = {
	map_fixed, map_fixed, map_fixed, map_noreplace, map_anywhere, map_anywhere, map_refused,
	map_file, unmap, unmap, unmap_refused, remap, remap, remap_fixed, remap_keep, protect,
	protect_much, dont_fork, move_break, move_break, grow_stack, share, share_refused, compat,
};

/* These take a hundred times as long. */
static void (*const slow_ways[])(struct worker *w) = {
	fork_and_wait, vfork_and_wait, spawn_and_wait, share_all_and_wait, linger, new_thread,
};

static void some(struct worker *w, unsigned long count)
{
	while (count--)
		ways[below(w, sizeof(ways) / sizeof(*ways))](w);
}

/* All threads end but this one, and the next image makes the changes that are left. */
static void go_on_in_next_image(struct worker *w, unsigned long left)
{
	char seed[24], count[24];

	snprintf(seed, sizeof(seed), "%lu", next(w));
	snprintf(count, sizeof(count), "%lu", left);
	execl("/proc/self/exe", arguments[0], seed, arguments[2], count, NULL);
	err(1, "exec");
}

static void change(struct worker *w)
{
	for (unsigned long left = changes; left--;) {
		/* Lingering children are children still after exec, but not known there. */
		if (!below(w, 4000) && !lingerers[0] && !lingerers[1] && !lingerers[2])
			go_on_in_next_image(w, left);
		if (!below(w, 150))
			slow_ways[below(w, sizeof(slow_ways) / sizeof(*slow_ways))](w);
		else
			some(w, 1);
	}
}

static void *work(void *arg)
{
	for (;;) {
		pthread_barrier_wait(&begin);
		change(arg);
		pthread_barrier_wait(&over);
	}
	return NULL;
}

/* Straight from the descriptor: stdio allocates. */
static bool next_line(void)
{
	char line[32];
	ssize_t got = read(STDIN_FILENO, line, sizeof(line) - 1);

	if (got <= 0)
		return false;
	line[got] = 0;
	changes = strtoul(line, NULL, 10);
	return true;
}

int main(int argc, char **argv)
{
	void *volatile first; /* a malloc() that the compiler must not leave out */

	if (argc < 3)
		errx(2, "changes SEED THREADS [LEFT]");
	arguments = argv;
	snprintf(neighbour, sizeof(neighbour), "%.*stiny32", (int)(strrchr(argv[0], '/') + 1 - argv[0]),
		 argv[0]);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	thread_count = strtoul(argv[2], NULL, 10);
	if (thread_count < 1 || thread_count > THREADS_MAX)
		errx(2, "1 to %d threads", THREADS_MAX);
	/* All that malloc will ever want of the heap, below the break that is moved. */
	mallopt(M_TOP_PAD, 1 << 20);
	mallopt(M_TRIM_THRESHOLD, 1 << 30);
	first = malloc(1);
	free(first);
	break_before = syscall(SYS_brk, 0) + PAGE;
	break_before &= ~(PAGE - 1);
	pthread_barrier_init(&begin, NULL, thread_count);
	pthread_barrier_init(&over, NULL, thread_count);
	for (unsigned int i = 0; i < thread_count; i++) {
		workers[i].seed = strtoul(argv[1], NULL, 10) * THREADS_MAX + i;
		workers[i].window = WINDOW(i);
		if (i && pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			errx(1, "pthread_create");
	}
	for (bool handed_over = argc > 3; handed_over || next_line(); handed_over = false) {
		if (handed_over)
			changes = strtoul(argv[3], NULL, 10);
		end_lingerers();
		pthread_barrier_wait(&begin);
		change(&workers[0]);
		pthread_barrier_wait(&over);
		if (write(STDOUT_FILENO, "done\n", 5) != 5)
			return 1;
	}
	end_lingerers();
	return 0;
}
