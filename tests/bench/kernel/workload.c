// SPDX-License-Identifier: Apache-2.0
/*
 * workload.c - workload fail|map|getppid EVENTS [-r]
 *
 * Prints the nanoseconds of CLOCK_MONOTONIC an event took, which under icount
 * are instructions: the least of ten rounds. fail: an mmap of length 0 and an
 * unaligned munmap, two events that enter the probed functions and touch no
 * memory. map: an mmap of 64 KiB and its munmap. getppid: a system call nobody
 * probes.
 *
 * -r: it is the reader of /dev/memmon, too, so that nothing else runs: opened
 * before the first round and drained, unmeasured, after each.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 10

static char buffer[1 << 20];

static unsigned long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000UL + time.tv_nsec;
}

static void round_of(char kind, unsigned long events)
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

static void drain(int reader)
{
	while (reader >= 0 && read(reader, buffer, sizeof(buffer)) > 0)
		;
}

int main(int argc, char **argv)
{
	unsigned long events = argc > 2 ? strtoul(argv[2], NULL, 0) : 0, least = -1UL;
	int reader = -1;

	if (events < 2)
		errx(2, "workload fail|map|getppid EVENTS [-r]");
	if (argc > 3) {
		reader = open("/dev/memmon", O_RDONLY | O_NONBLOCK);
		if (reader < 0)
			err(1, "/dev/memmon");
	}
	drain(reader);
	for (int i = 0; i < ROUNDS; i++) {
		unsigned long began, took;

		began = now();
		round_of(argv[1][0], events);
		took = now() - began;
		drain(reader);
		if (took < least)
			least = took;
	}
	if (reader >= 0)
		close(reader); /* before printf() has something to record */
	printf("%.1f\n", (double)least / events);
	return 0;
}
