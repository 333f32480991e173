// SPDX-License-Identifier: Apache-2.0
/*
 * quiet.c - changes its address space in every way, and says how big it is
 *
 * After each change it prints what /proc/self/status calls VmSize, and leaves
 * a mark in the recording: an munmap(MARK + n, 0), which is refused. The last
 * record of its address space before mark n must carry the size of line n:
 *
 *   TGID N KIB WHAT
 */
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MARK 0x4d41524b0000UL
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static void mark(const char *what)
{
	static char status[4096];
	static int number;
	char line[128], *size;
	int fd = open("/proc/self/status", O_RDONLY);
	int length = read(fd, status, sizeof(status) - 1);

	close(fd);
	if (length <= 0)
		err(1, "/proc/self/status");
	status[length] = 0;
	size = strstr(status, "VmSize:");
	length = snprintf(line, sizeof(line), "%d %d %lu %s\n", getpid(), number,
			  strtoul(size + 7, NULL, 10), what);
	if (write(1, line, length) != length)
		err(1, "write");
	syscall(SYS_munmap, MARK + number++, 0);
}

static char __attribute__((noinline)) deep(int levels)
{
	volatile char frame[65536];

	memset((char *)frame, levels, sizeof(frame));
	return levels ? deep(levels - 1) + frame[levels] : frame[0];
}

static void *thread(void *arg)
{
	for (int i = 0; i < 50; i++)
		munmap(mmap(NULL, 0x9000, RW, ANON, -1, 0), 0x9000 - (i % 3) * 0x1000);
	return arg;
}

int main(int argc, char **argv)
{
	char *at, *more;
	pthread_t threads[4];
	int id, status;

	if (argc > 1) {
		mark("exec");
		return 7;
	}
	mark("start");
	at = mmap(NULL, 0x100000, RW, ANON, -1, 0);
	mark("mmap");
	munmap(at + 0x10000, 0x10000);
	mark("hole");
	mmap(at, 0x30000, PROT_READ, ANON | MAP_FIXED, -1, 0);
	mark("MAP_FIXED");
	mprotect(at, 0x8000, RW);
	mark("mprotect");
	at = mremap(at + 0x40000, 0x10000, 0x90000, MREMAP_MAYMOVE);
	mark("mremap grows");
	at = mremap(at, 0x90000, 0x5000, 0);
	mark("mremap shrinks");
	more = sbrk(0x123456);
	mark("brk grows");
	if (brk(more))
		err(1, "brk");
	mark("brk shrinks");
	deep(20);
	mark("stack grows");
	id = shmget(IPC_PRIVATE, 0x21000, IPC_CREAT | 0600);
	at = shmat(id, NULL, 0);
	mark("shmat");
	shmdt(at);
	shmctl(id, IPC_RMID, NULL);
	mark("shmdt");
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, thread, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	mark("threads");
	if (!fork()) {
		mark("fork");
		munmap(mmap(NULL, 0x7000, RW, ANON, -1, 0), 0x1000);
		mark("child");
		execl("/proc/self/exe", argv[0], "again", NULL);
		err(1, "exec");
	}
	wait(&status);
	if (WEXITSTATUS(status) != 7)
		errx(1, "child: %x", status);
	if (!vfork())
		_exit(3);
	wait(&status);
	mark("end");
	return 0;
}
