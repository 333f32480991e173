// SPDX-License-Identifier: Apache-2.0
/*
 * calls.c - a known list of mmap and munmap calls, of every fate, for strace
 *
 * Raw system calls, so that what is asked for is what is written here. Three
 * threads besides the first do some at the same time.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static long map(uintptr_t addr, size_t length, long prot, long flags, long fd, long offset)
{
	return syscall(SYS_mmap, addr, length, prot, flags, fd, offset);
}

static long unmap(uintptr_t addr, size_t length)
{
	return syscall(SYS_munmap, addr, length);
}

static void succeed(int fd)
{
	long at = map(0, 1, RW, ANON, -1, 0);
	long big = map(0, 0x100000, PROT_READ, ANON | MAP_NORESERVE, -1, 0);
	long file = map(0, 5000, PROT_READ, MAP_PRIVATE, fd, 4096);

	unmap(at, 1);
	unmap(big + 0x4000, 0x3001);			/* a hole */
	map(big + 0x4000, 0x2000, RW, ANON | MAP_FIXED, -1, 0);	/* into it */
	map(big, 0x8000, PROT_NONE, ANON | MAP_FIXED, -1, 0);	/* over it */
	map(big + 123, 0x1000, RW, ANON, -1, 0);		/* a hint */
	unmap(big, 0x100000);				/* many at once */
	unmap(big, 0x100000);				/* nothing there: not an error */
	unmap(file, 5000);
	at = map(0, 0x5000, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	unmap(at, 0x5000);
}

static void fail(int fd, int dir)
{
	long at = map(0, 0x3000, RW, ANON, -1, 0);

	map(0, 0, RW, ANON, -1, 0);				/* EINVAL */
	map(0, 4096, RW, MAP_ANONYMOUS, -1, 0);			/* EINVAL: neither kind */
	map(0, SIZE_MAX - 8192, RW, ANON, -1, 0);		/* ENOMEM */
	map(0, 1UL << 47, RW, ANON, -1, 0);			/* ENOMEM */
	map(at + 1, 4096, RW, ANON | MAP_FIXED, -1, 0);		/* EINVAL */
	map(at, 4096, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0);	/* EEXIST */
	map(0, 4096, RW, MAP_SHARED, fd, 0);			/* EACCES: opened to read */
	map(0, 4096, PROT_READ, MAP_PRIVATE, dir, 0);		/* ENODEV */
	map(0, 8192, PROT_READ, MAP_PRIVATE, fd, 0x7ffffffffffff000); /* EOVERFLOW */
	unmap(at + 1, 4096);					/* EINVAL */
	unmap(at, 0);						/* EINVAL */
	unmap(UINTPTR_MAX - 4095, 4096);			/* EINVAL */
	map(0, 1UL << 40, RW, ANON | MAP_HUGETLB, -1, 0);	/* ENOMEM: there are no such pages */
	/* refused before the kernel's mm code */
	map(0, 4096, PROT_READ, MAP_PRIVATE, 999, 0);		/* EBADF */
	map(0, 4096, PROT_READ, MAP_PRIVATE, fd, 123);		/* EINVAL: offset */
	map(0, 4096, PROT_READ, MAP_PRIVATE | MAP_HUGETLB, fd, 0);	/* EINVAL: no such file */
	unmap(at, 0x3000);
}

static void *thread(void *arg)
{
	long number = (long)arg;

	for (long i = 0; i < 40; i++) {
		long at = map(0, 4096 * (number * 100 + i + 1), RW, ANON, -1, 0);

		unmap(at + 7, 4096 + i);
		unmap(at, 4096 * (number * 100 + i + 1));
	}
	return NULL;
}

int main(void)
{
	int fd = open("/proc/self/exe", O_RDONLY), dir = open("/", O_RDONLY);
	pthread_t threads[3];

	succeed(fd);
	fail(fd, dir);
	for (long i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, thread, (void *)(i + 1));
	thread((void *)0);
	for (long i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	return fd < 0 || dir < 0;
}
