/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events.h - the events the programs here make, and the clock they go by
 *
 * fail: an mmap of length 0 and an unaligned munmap, two events that enter the
 * probed functions and touch no memory. map: an mmap of 64 KiB and its munmap.
 * getppid: a system call nobody probes.
 */
#include <err.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Nanoseconds; under icount, instructions. */
static inline unsigned long now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000UL + time.tv_nsec;
}

static inline void make_events(char kind, unsigned long events)
{
	for (unsigned long i = 0; i < events; i += 2) {
		if (kind == 'g') {
			syscall(SYS_getppid);
			syscall(SYS_getppid);
		} else if (kind == 'f') {
			syscall(SYS_mmap, 0, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			syscall(SYS_munmap, 0x1001, 4096);
		} else {
			long at = syscall(SYS_mmap, 0, 65536, PROT_READ,
					  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

			syscall(SYS_munmap, at, 65536);
		}
	}
}

/* The device, or -1 if it is not wanted. A capture runs from here on. */
static inline int open_reader(int wanted)
{
	int fd = wanted ? open("/dev/memmon", O_RDONLY | O_NONBLOCK) : -1;

	if (wanted && fd < 0)
		err(1, "/dev/memmon");
	return fd;
}

static inline void drain(int reader)
{
	static char buffer[1 << 20];

	while (reader >= 0 && read(reader, buffer, sizeof(buffer)) > 0)
		;
}
