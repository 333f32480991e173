// SPDX-License-Identifier: Apache-2.0
/*
 * abi.c - holds /dev/memmon to what uapi/memmon.h says, errno by errno
 *
 * Prints "ok - NAME" or "not ok - NAME", a line a promise.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "uapi/memmon.h"

static int failures;
static void *volatile nowhere = (void *)8;

static void expect(int holds, const char *name)
{
	printf("%s - abi: %s\n", holds ? "ok" : "not ok", name);
	failures += !holds;
}

/* What @call returned was -1 with @error. */
#define EXPECT_ERRNO(call, error, name) \
	do { \
		errno = 0; \
		expect((call) == -1 && errno == (error), name); \
	} while (0)

static int is_filled(const void *memory, int byte, size_t length)
{
	const unsigned char *at = memory;

	for (size_t i = 0; i < length; i++)
		if (at[i] != byte)
			return 0;
	return 1;
}

static long long nanoseconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* A failing munmap of @addr: a record that can be told from all others. */
static void leave_mark(unsigned long addr)
{
	syscall(SYS_munmap, addr, 0);
}

/* Reads one record at a time until @addr's mark comes; the others are skipped. */
static int find_mark(int fd, unsigned long addr, struct memmon_event *event)
{
	while (read(fd, event, sizeof(*event)) == sizeof(*event))
		if (event->kind == MEMMON_MUNMAP && event->addr == addr)
			return 1;
	return 0;
}

static void test_open(void)
{
	struct stat st;
	int fd, second;

	expect(!stat(MEMMON_DEVICE, &st) && (st.st_mode & 07777) == 0640 && S_ISCHR(st.st_mode),
	       "the device is there with mode 0640");
	EXPECT_ERRNO(open(MEMMON_DEVICE, O_WRONLY), EINVAL, "open for writing: EINVAL");
	EXPECT_ERRNO(open(MEMMON_DEVICE, O_RDWR), EINVAL, "open for both: EINVAL");
	fd = open(MEMMON_DEVICE, O_RDONLY);
	expect(fd >= 0, "open for reading");
	EXPECT_ERRNO(open(MEMMON_DEVICE, O_RDONLY), EBUSY, "a second open: EBUSY");
	second = dup(fd);
	close(fd);
	EXPECT_ERRNO(open(MEMMON_DEVICE, O_RDONLY), EBUSY, "EBUSY until the last close");
	close(second);
	fd = open(MEMMON_DEVICE, O_RDONLY);
	expect(fd >= 0, "open again after the close");
	close(fd);
}

static void test_read(int fd)
{
	struct memmon_event event, *events = calloc(100000, sizeof(*events));
	const struct memmon_header *header = (const void *)&event;
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	char small[MEMMON_RECORD_SIZE + 60];
	long long before, drift;

	EXPECT_ERRNO(read(fd, small, 0), EINVAL, "read of 0 bytes: EINVAL");
	EXPECT_ERRNO(read(fd, small, MEMMON_RECORD_SIZE - 1), EINVAL, "read of 127 bytes: EINVAL");
	EXPECT_ERRNO(pread(fd, small, sizeof(small), 0), ESPIPE, "pread: ESPIPE");
	EXPECT_ERRNO(lseek(fd, 0, SEEK_SET), ESPIPE, "lseek: ESPIPE");
	expect(poll(&wait, 1, 0) == 1 && wait.revents == POLLIN, "poll: HEADER can be read");

	EXPECT_ERRNO(read(fd, nowhere, sizeof(event)), EFAULT, "read to a bad pointer: EFAULT");
	memset(small, 0xcc, sizeof(small));
	expect(read(fd, small + 3, MEMMON_RECORD_SIZE + 50) == MEMMON_RECORD_SIZE,
	       "a buffer of one record and a bit, unaligned: one record");
	expect(is_filled(small, 0xcc, 3) && is_filled(small + 3 + MEMMON_RECORD_SIZE, 0xcc, 57),
	       "nothing is written beyond it");
	memcpy(&event, small + 3, sizeof(event));
	expect(header->kind == MEMMON_HEADER && header->seq == 0 && header->cpu == MEMMON_CPU_NONE,
	       "HEADER comes first, the bad pointer took nothing");
	expect(header->magic == MEMMON_MAGIC && !memcmp(&header->magic, "MEMMON1", 8),
	       "HEADER: magic");
	expect(header->abi_version == MEMMON_ABI_VERSION && header->record_size == 128 &&
	       header->page_size == (unsigned)sysconf(_SC_PAGESIZE) &&
	       header->cpu_count == (unsigned)sysconf(_SC_NPROCESSORS_CONF) &&
	       header->coverage == MEMMON_COVER_ALL, "HEADER: version, sizes, CPUs, coverage");
	expect(header->ram_bytes / header->page_size == (unsigned long)sysconf(_SC_PHYS_PAGES),
	       "HEADER: RAM");
	do { /* both clocks at one time */
		before = nanoseconds(CLOCK_BOOTTIME);
		drift = nanoseconds(CLOCK_REALTIME) - before - header->realtime_offset_ns;
	} while (nanoseconds(CLOCK_BOOTTIME) - before > 10000000);
	expect(llabs(drift) < 50000000, "HEADER: clock offset");

	expect(read(fd, &event, sizeof(event)) == sizeof(event) &&
	       event.kind == MEMMON_BASELINE && event.seq == 1, "BASELINE comes next");

	/* Half of the buffer is not there: what fits is given, the rest stays. */
	while (read(fd, events, 100000 * sizeof(*events)) > 0)
		;
	expect(errno == EAGAIN, "O_NONBLOCK and nothing there: EAGAIN");
	expect(poll(&wait, 1, 0) == 0, "poll: nothing to read");
	leave_mark(0x1001);
	leave_mark(0x1002);
	leave_mark(0x1003);
	{
		char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				   -1, 0);
		char *edge;
		unsigned long seen = 0;
		ssize_t length;

		munmap(pages + 4096, 4096);
		edge = pages + 4096 - MEMMON_RECORD_SIZE - 5;
		/* Room for one record and five bytes, then a fault. */
		while ((length = read(fd, edge, 4 * MEMMON_RECORD_SIZE)) == MEMMON_RECORD_SIZE) {
			memcpy(&event, edge, sizeof(event));
			if (event.kind == MEMMON_MUNMAP && event.addr == 0x1001 + seen)
				seen++;
		}
		expect(seen == 3, "a fault in the middle of a read loses nothing");
		munmap(pages, 4096);
	}
	leave_mark(0x2001);
	EXPECT_ERRNO(read(fd, nowhere, sizeof(event)), EFAULT, "ring to a bad pointer: EFAULT");
	expect(find_mark(fd, 0x2001, &event), "and the record is still there");
	expect(event.tgid == (unsigned)getpid() && event.tid == (unsigned)gettid() &&
	       event.ns_tgid == event.tgid && event.uid == getuid() && event.result == -EINVAL &&
	       event.length == 0 && !strcmp((char *)event.comm, "abi") && event.flags == 0 &&
	       event.reserved == 0, "a record's fields");
	free(events);
}

static void test_compat(int fd)
{
	struct memmon_event event;
	long result;

	/* munmap(0x3001, 0) by the 32-bit gate */
	asm volatile("int $0x80" : "=a"(result) : "a"(91L), "b"(0x3001L), "c"(0L) : "memory");
	if (result == -ENOSYS) {
		expect(1, "a 32-bit call # SKIP this kernel has none");
		return;
	}
	expect(result == -EINVAL && find_mark(fd, 0x3001, &event) && event.flags == MEMMON_F_COMPAT,
	       "a 32-bit call has its record, flagged");
	/* mremap(0x5001, 0xf000, 0x20000, 0) */
	asm volatile("int $0x80" : "=a"(result)
		     : "a"(163L), "b"(0x5001L), "c"(0xf000L), "d"(0x20000L), "S"(0L) : "memory");
	while (read(fd, &event, sizeof(event)) == sizeof(event) && event.kind != MEMMON_MREMAP)
		;
	expect(event.kind == MEMMON_MREMAP && event.addr == 0x5001 && event.length == 0x20000 &&
	       event.result == result && event.flags == MEMMON_F_COMPAT, "a 32-bit mremap, too");
}

static void test_ioctls(int fd)
{
	struct memmon_info info;
	struct memmon_counters counters;
	char large[sizeof(info) + 64];

	EXPECT_ERRNO(ioctl(fd, _IO(MEMMON_IOC, 1), 0), ENOTTY, "an unknown ioctl: ENOTTY");
	EXPECT_ERRNO(ioctl(fd, _IOWR(MEMMON_IOC, 3, int), 0), ENOTTY, "and the next number");
	EXPECT_ERRNO(ioctl(fd, MEMMON_GET_INFO, 8), EFAULT, "GET_INFO: bad pointer: EFAULT");
	EXPECT_ERRNO(ioctl(fd, MEMMON_GET_COUNTERS, 8), EFAULT, "GET_COUNTERS: bad pointer: EFAULT");

	memset(&info, 0xcc, sizeof(info));
	info.size = sizeof(info) - 1;
	memset(info.reserved, 0, sizeof(info.reserved));
	EXPECT_ERRNO(ioctl(fd, MEMMON_GET_INFO, &info), EINVAL, "GET_INFO: too small: EINVAL");
	memset(&info, 0xcc, sizeof(info));
	info.size = sizeof(info);
	EXPECT_ERRNO(ioctl(fd, MEMMON_GET_INFO, &info), EINVAL, "GET_INFO: reserved not 0: EINVAL");
	memset(info.reserved, 0, sizeof(info.reserved));
	expect(!ioctl(fd, MEMMON_GET_INFO, &info) && info.size == sizeof(info) &&
	       info.abi_version == MEMMON_ABI_VERSION && info.record_size == MEMMON_RECORD_SIZE &&
	       info.cpu_count == (unsigned)sysconf(_SC_NPROCESSORS_CONF) && info.capture > 0 &&
	       info.ring_records >= 64 && info.coverage == MEMMON_COVER_ALL &&
	       is_filled(info.reserved, 0, sizeof(info.reserved)), "GET_INFO");
	memset(large, 0xcc, sizeof(large));
	memset(&info, 0, sizeof(info));
	info.size = sizeof(large);
	memcpy(large, &info, sizeof(info));
	expect(!ioctl(fd, MEMMON_GET_INFO, large) && *(__u32 *)large == sizeof(info) &&
	       is_filled(large + sizeof(info), 0xcc, 64), "GET_INFO: a larger struct: what is known");

	memset(&counters, 0xcc, sizeof(counters));
	counters.cpu = 0;
	EXPECT_ERRNO(ioctl(fd, MEMMON_GET_COUNTERS, &counters), EINVAL, "GET_COUNTERS: flags: EINVAL");
	counters.flags = 0;
	counters.cpu = sysconf(_SC_NPROCESSORS_CONF);
	EXPECT_ERRNO(ioctl(fd, MEMMON_GET_COUNTERS, &counters), EINVAL, "GET_COUNTERS: no CPU: EINVAL");
	counters.cpu = 0;
	expect(!ioctl(fd, MEMMON_GET_COUNTERS, &counters) && counters.cpu == 0 && !counters.flags &&
	       counters.filtered == 0 && counters.missed == 0 &&
	       is_filled(counters.reserved, 0, sizeof(counters.reserved)), "GET_COUNTERS");
}

/* Waits until the thread @tid is in read(); asks for no memory meanwhile. */
static void wait_for_read(int tid)
{
	char path[64], state = 0;

	snprintf(path, sizeof(path), "/proc/self/task/%d/syscall", tid);
	while (state != '0') {
		int fd = open(path, O_RDONLY);

		if (fd < 0 || read(fd, &state, 1) != 1)
			state = 0;
		close(fd);
	}
}

static void *mark_when_asleep(void *arg)
{
	wait_for_read(*(int *)arg);
	leave_mark(0x4001);
	return NULL;
}

static void ignore(int signal)
{
	(void)signal;
}

static void test_blocking(void)
{
	struct sigaction action = { .sa_handler = ignore };
	struct memmon_event event;
	long long before, after;
	const struct itimerval each_second = { { 1, 0 }, { 1, 0 } }, never = { 0 };
	pthread_t thread;
	int fd = open(MEMMON_DEVICE, O_RDONLY), tid = gettid();

	if (pthread_create(&thread, NULL, mark_when_asleep, &tid))
		abort();
	expect(find_mark(fd, 0x4001, &event), "a blocking read wakes for a record");
	pthread_join(thread, NULL);

	/* Nothing happens but alarms; the first may come before it sleeps. */
	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (read(fd, &event, sizeof(event)) > 0)
		;
	fcntl(fd, F_SETFL, 0);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &each_second, NULL);
	before = nanoseconds(CLOCK_MONOTONIC);
	do
		errno = 0;
	while (read(fd, &event, sizeof(event)) > 0);
	after = nanoseconds(CLOCK_MONOTONIC);
	expect(errno == EINTR && after - before < 4000000000LL, "a signal ends a blocking read: EINTR");
	setitimer(ITIMER_REAL, &never, NULL);
	close(fd);
}

struct sleeper {
	int fd;
	volatile int tid;
	int found; /* the mark; else a signal came */
};

static void *sleep_in_read(void *arg)
{
	struct sleeper *sleeper = arg;
	struct memmon_event event;

	sleeper->tid = gettid();
	sleeper->found = find_mark(sleeper->fd, 0x6001, &event);
	return NULL;
}

/* Two threads sleep in read(); one leaves, and the other must still be woken. */
static void test_two_sleepers(void)
{
	struct sigaction action = { .sa_handler = ignore };
	int fd = open(MEMMON_DEVICE, O_RDONLY);
	struct sleeper sleepers[2] = { { .fd = fd }, { .fd = fd } };
	struct timespec limit;
	pthread_t threads[2];

	sigaction(SIGUSR1, &action, NULL);
	for (int i = 0; i < 2; i++) {
		if (pthread_create(&threads[i], NULL, sleep_in_read, &sleepers[i]))
			abort();
		while (!sleepers[i].tid)
			;
		wait_for_read(sleepers[i].tid);
	}
	wait_for_read(sleepers[0].tid);
	do /* between two reads it would see none */
		pthread_kill(threads[1], SIGUSR1);
	while (pthread_tryjoin_np(threads[1], NULL) == EBUSY && !usleep(10000));
	expect(!sleepers[1].found, "of two sleeping readers one leaves");
	leave_mark(0x6001);
	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec += 120;
	expect(!pthread_timedjoin_np(threads[0], NULL, &limit) && sleepers[0].found,
	       "and the other is woken for the next record");
	close(fd);
}

int main(void)
{
	int fd;

	setvbuf(stdout, NULL, _IOLBF, 0);
	test_open();
	fd = open(MEMMON_DEVICE, O_RDONLY | O_NONBLOCK);
	test_read(fd);
	test_compat(fd);
	test_ioctls(fd);
	close(fd);
	test_blocking();
	test_two_sleepers();
	return failures ? 1 : 0;
}
