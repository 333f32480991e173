// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz.c - fuzz SEED CALLS
 *
 * CALLS random system calls on /dev/memmon by each of two processes that begin
 * with the same open file: in any order, with good and bad arguments, also by
 * the 32-bit gate, from children too. What can be known of
 * an answer is checked: a read gives whole records and writes nothing beyond
 * them (but for a fault), an ioctl that fails has written nothing, and no errno is one that
 * uapi/memmon.h and the system calls do not name. Each prints "done" and how
 * many calls succeeded and failed; exit status 1 at the first wrong answer.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "uapi/memmon.h"

#define FDS 6
#define ARENA (8 * 1024UL)
#define FILLED 0xcc

/* Below 4 GiB, so that the 32-bit gate can name it, and nothing behind it. */
static unsigned char *arena;
static unsigned char filled[ARENA]; /* as the arena is before a call */
static unsigned long seed;
static int fds[FDS];
static unsigned long succeeded, failed;
/* The more calls, the more seldom is what takes a thousand times as long: a capture's end, a fork. */
static unsigned long rarely;
static pid_t other;

/* splitmix64 */
static unsigned long next(void)
{
	unsigned long z = (seed += 0x9e3779b97f4a7c15UL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9UL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebUL;
	return z ^ (z >> 31);
}

static unsigned long below(unsigned long n)
{
	return next() % n;
}

/* Mostly one that is open. */
static int *any_slot(void)
{
	int *slot = &fds[below(FDS)];

	for (int i = 0; *slot < 0 && i < 2 * FDS && below(40); i++)
		slot = &fds[below(FDS)];
	return slot;
}

/* To be closed or replaced; seldom the first, which keeps the capture alive. */
static int *any_slot_to_lose(void)
{
	return below(60 * rarely) ? &fds[1 + below(FDS - 1)] : &fds[0];
}

/* Not one of the standard streams: the answer goes there. */
static int any_fd(void)
{
	return below(50) ? *any_slot() : 3 + (int)below(12);
}

/* Somewhere in the arena, often so near to its end that it is too short. */
static void *any_place(void)
{
	if (!below(12))
		return (void *)(unsigned long[]){ 0, 8, -4096UL, 1UL << 63 }[below(4)];
	return arena + (below(3) ? below(ARENA) : ARENA - below(600));
}

static unsigned long any_size(void)
{
	static const unsigned long sizes[] = { 0, 1, 127, 128, 129, 4096, 1 << 20, -1UL, 1UL << 31 };

	return below(3) ? below(4096) : sizes[below(sizeof(sizes) / sizeof(*sizes))];
}

/* A system call by the 32-bit gate; -1 and errno like the others. */
static long gate32(long number, unsigned long a, unsigned long b, unsigned long c)
{
	long result;

	asm volatile("int $0x80" : "=a"(result)
		     : "a"(number), "b"(a), "c"(b), "d"(c)
		     : "memory", "r8", "r9", "r10", "r11");
	result = (int)result;
	if (result < 0 && result > -4096) {
		errno = -result;
		return -1;
	}
	return result;
}

static void note(long result, const char *call, const int *allowed)
{
	if (result >= 0) {
		succeeded++;
		return;
	}
	failed++;
	while (*allowed && *allowed != errno)
		allowed++;
	if (!*allowed)
		err(1, "%s", call);
}
#define NOTE(result, call, ...) note(result, call, (const int[]){ __VA_ARGS__, 0 })

/* Of @length bytes from @at on, those in the arena are as they were filled. */
static void check_untouched(const unsigned char *at, unsigned long length, const char *call)
{
	if (at < arena || at >= arena + ARENA)
		return;
	if (length > (unsigned long)(arena + ARENA - at))
		length = arena + ARENA - at;
	if (memcmp(at, filled, length))
		errx(1, "%s wrote where it must not", call);
}

static void fuzz_open(void)
{
	static const int flags[] = { O_RDONLY, O_WRONLY, O_RDWR, O_APPEND, O_TRUNC, O_EXCL | O_CREAT,
				     O_DIRECT, O_PATH, O_CLOEXEC, O_DIRECTORY, O_SYNC };
	int *slot = fds[0] < 0 ? &fds[0] : &fds[1 + below(FDS - 1)];
	bool plain = slot == fds || below(3);
	int fd = open(MEMMON_DEVICE, (below(3) ? O_NONBLOCK : 0) |
		      (plain ? O_RDONLY : flags[below(sizeof(flags) / sizeof(*flags))]), 0600);

	NOTE(fd, "open", EBUSY, EINVAL, EEXIST, ENOTDIR, ENOMEM, EINTR);
	if (fd < 0)
		return;
	if (*slot >= 0)
		close(*slot);
	*slot = fd;
}

/* What the other process has open, once more. */
static void fuzz_take(void)
{
	int pidfd = below(10) ? -1 : syscall(SYS_pidfd_open, other, 0);
	int fd = syscall(SYS_pidfd_getfd, pidfd, 3 + below(2), 0);
	struct stat stat;

	close(pidfd);
	if (fds[0] < 0 && fd >= 0 && !fstat(fd, &stat) && S_ISCHR(stat.st_mode))
		fds[0] = fd;
	else if (fd >= 0)
		close(fd);
}

static void fuzz_close(void)
{
	int *slot = any_slot_to_lose();

	if (below(8) && *slot >= 0)
		return; /* there would seldom be one to do anything with */
	NOTE(close(*slot), "close", EBADF);
	*slot = -1;
}

static void fuzz_dup(void)
{
	int from = any_fd(), *to = any_slot_to_lose();

	if (*to >= 0)
		NOTE(dup2(from, *to), "dup2", EBADF);
	else if (from >= 0)
		*to = dup(from);
}

static void fuzz_read(void)
{
	unsigned char *to = any_place();
	unsigned long size = any_size();
	int fd = *any_slot();
	long got;

	memcpy(arena, filled, ARENA);
	got = below(4) ? read(fd, to, size) : gate32(3, fd, (unsigned long)to, size);
	NOTE(got, "read", EBADF, EINVAL, EAGAIN, EFAULT, EINTR);
	if (got > 0 && (got % MEMMON_RECORD_SIZE || (unsigned long)got > size))
		errx(1, "read of %lu bytes gave %ld", size, got);
	if (got == 0)
		errx(1, "read of %lu bytes gave nothing", size);
	/* A fault may come in the middle of a record: part of it is there then. */
	if (got > 0 && to >= arena && to < arena + ARENA && size <= (unsigned long)(arena + ARENA - to))
		check_untouched(to + got, ARENA, "read");
	if (to > arena && to < arena + ARENA)
		check_untouched(arena, to - arena, "read");
}

static void fuzz_vectors(void)
{
	struct iovec parts[3] = { { any_place(), below(600) }, { any_place(), below(600) },
				  { any_place(), any_size() } };
	int fd = *any_slot();

	NOTE(readv(fd, parts, below(5)), "readv", EBADF, EINVAL, EAGAIN, EFAULT, EINTR);
	NOTE(pread(fd, any_place(), any_size(), below(4096)), "pread", EBADF, ESPIPE, EINVAL, EFAULT);
	NOTE(write(fd, any_place(), any_size()), "write", EBADF, EINVAL, EFAULT);
}

static void fuzz_seek(void)
{
	int fd = *any_slot();

	NOTE(lseek(fd, next(), below(6)), "lseek", EBADF, ESPIPE, EINVAL);
	NOTE(fsync(fd), "fsync", EBADF, EINVAL);
	NOTE(ftruncate(fd, below(9000)), "ftruncate", EBADF, EINVAL);
	NOTE(fallocate(fd, 0, 0, 4096), "fallocate", EBADF, ENODEV, ESPIPE, EOPNOTSUPP);
}

static void fuzz_map(void)
{
	void *at = mmap(NULL, any_size(), below(8), below(2) ? MAP_SHARED : MAP_PRIVATE, *any_slot(),
			below(4) * 4096);

	if (at != MAP_FAILED)
		errx(1, "mmap worked");
	NOTE(-1, "mmap", EBADF, EINVAL, ENODEV, EACCES, ENOMEM, EOVERFLOW, EPERM);
}

static void fuzz_ioctl(void)
{
	static const unsigned long known[] = { MEMMON_GET_INFO, MEMMON_GET_COUNTERS };
	unsigned long request = known[below(2)];
	unsigned char *at = any_place();
	int fd = *any_slot();
	struct memmon_info info = { .size = below(3) ? sizeof(info) : below(300) };
	struct memmon_counters counters = { .cpu = below(6) };
	bool fits = at >= arena && at + sizeof(info) + 64 < arena + ARENA;
	size_t size = request == MEMMON_GET_INFO ? sizeof(info) : sizeof(counters);
	unsigned char before[sizeof(info) + sizeof(counters)];
	long result;

	memcpy(arena, filled, ARENA);
	if (!below(4))
		request ^= 1UL << below(32);
	if (!below(6))
		((unsigned char *)&info)[below(sizeof(info))] ^= 1 << below(8);
	if (!below(6))
		((unsigned char *)&counters)[below(sizeof(counters))] ^= 1 << below(8);
	if (fits) {
		memcpy(at, size == sizeof(info) ? (void *)&info : &counters, size);
		memcpy(before, at, size);
	}
	result = below(3) ? ioctl(fd, request, at) : gate32(54, fd, request, (unsigned long)at);
	/* A bit more or less and it may be one of those that any file has. */
	NOTE(result, "ioctl", EBADF, ENOTTY, EINVAL, EFAULT, EPERM, ENOSYS);
	if (!fits)
		return;
	if (result < 0 && memcmp(before, at, size))
		errx(1, "an ioctl that failed wrote something");
	check_untouched(at + size, ARENA, "ioctl");
	check_untouched(arena, at - arena, "ioctl");
}

static void fuzz_poll(void)
{
	struct pollfd waits[] = { { .fd = *any_slot(), .events = next() },
				  { .fd = *any_slot(), .events = POLLIN } };

	NOTE(poll(waits, 1 + below(2), below(20) ? 0 : 1), "poll", EINTR);
}

static void fuzz_epoll(void)
{
	struct epoll_event event = { .events = below(2) ? EPOLLIN : next() & ~(1U << 28) };
	int fd = *any_slot(), epoll = epoll_create1(0);

	NOTE(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl", EBADF, EPERM, EINVAL);
	NOTE(epoll_wait(epoll, &event, 1, below(20) ? 0 : 1), "epoll_wait", EINTR);
	close(epoll);
}

static void fuzz_fcntl(void)
{
	static const int commands[] = { F_GETFL, F_SETFL, F_GETFD, F_SETFD, F_SETOWN, F_GETOWN,
					F_SETSIG, F_GETLK, F_SETPIPE_SZ, F_GET_SEALS };
	int command = commands[below(sizeof(commands) / sizeof(*commands))];
	int value = command == F_SETFL ? (below(2) ? O_NONBLOCK : 0) | (below(6) ? 0 : O_ASYNC | O_DIRECT) :
		    command == F_SETOWN || command == F_SETSIG ? 0 : (int)below(3);

	if (command == F_GETLK) {
		struct flock lock = { .l_type = F_RDLCK };

		NOTE(fcntl(*any_slot(), command, &lock), "fcntl", EBADF, EINVAL);
		return;
	}
	NOTE(fcntl(*any_slot(), command, value), "fcntl", EBADF, EINVAL, EPERM);
}

static void fuzz_splice(void)
{
	int pipes[2];

	if (pipe2(pipes, O_NONBLOCK))
		err(1, "pipe2");
	NOTE(splice(*any_slot(), NULL, pipes[1], NULL, any_size(), below(16)), "splice", EBADF, EINVAL,
	     EAGAIN, EINTR);
	NOTE(sendfile(pipes[1], *any_slot(), NULL, below(9000)), "sendfile", EBADF, EINVAL, EAGAIN,
	     EINTR, ESPIPE);
	close(pipes[0]);
	close(pipes[1]);
}

/* No sleep in a blocking call is long. */
static void alarm_often(void)
{
	struct itimerval often = { { 0, 300 }, { 0, 300 } };

	setitimer(ITIMER_REAL, &often, NULL);
}

static void some(unsigned long calls);

/* With the same open files, at the same time. */
static void fuzz_fork(void)
{
	pid_t pid = fork();

	if (pid < 0)
		return;
	if (!pid) {
		alarm_often(); /* a child has no timer */
		if (!below(4))
			execl("/bin/true", "true", NULL);
		some(below(40));
		_exit(0);
	}
	if (!below(4))
		kill(pid, SIGKILL);
	some(below(20));
	for (int status; waitpid(pid, &status, 0) != pid;)
		;
}

static void (*const ways[])(void) = {
	fuzz_open, fuzz_take, fuzz_close, fuzz_dup, fuzz_read, fuzz_read, fuzz_read, fuzz_read,
	fuzz_vectors, fuzz_seek, fuzz_map, fuzz_ioctl, fuzz_ioctl, fuzz_ioctl, fuzz_poll, fuzz_poll,
	fuzz_epoll, fuzz_fcntl, fuzz_fcntl, fuzz_splice,
};

static void some(unsigned long calls)
{
	while (calls--)
		ways[below(sizeof(ways) / sizeof(*ways))]();
}

static void ignore(int signal)
{
	(void)signal;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = ignore };
	unsigned long calls;
	int status = 0;
	pid_t child;

	if (argc != 3)
		errx(2, "fuzz SEED CALLS");
	seed = strtoul(argv[1], NULL, 10);
	calls = strtoul(argv[2], NULL, 10);
	rarely = 1 + calls / 20000;
	arena = mmap((void *)0x20000000, ARENA + 4096, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (arena == MAP_FAILED || munmap(arena + ARENA, 4096))
		err(1, "arena");
	memset(filled, FILLED, ARENA);
	sigaction(SIGALRM, &action, NULL);
	sigaction(SIGIO, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < FDS; i++)
		fds[i] = i ? -1 : open(MEMMON_DEVICE, O_RDONLY | O_NONBLOCK);
	child = fork();
	if (fds[0] < 0 || child < 0)
		err(1, MEMMON_DEVICE);
	seed = seed * 2 + !child;
	other = child ? child : getppid();
	alarm_often();
	while (succeeded + failed < calls) {
		if (!below(300 * rarely))
			fuzz_fork();
		some(1);
	}
	printf("done, %lu calls succeeded, %lu failed\n", succeeded, failed);
	fflush(stdout);
	while (child && waitpid(child, &status, 0) != child)
		;
	return status ? 1 : 0;
}
