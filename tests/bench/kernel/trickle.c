// SPDX-License-Identifier: Apache-2.0
/*
 * trickle.c - trickle EVENTS GAP_US
 *
 * Prints "P50 P99 WAKEUPS": the microseconds from an event's record until read()
 * has given it to a reader that waits for it, of EVENTS events GAP_US apart; and
 * how often that reader was woken during ten seconds in which nothing happened.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>


#include "events.h"
#include "uapi/memmon.h"

static void make(unsigned long events, unsigned long gap_us)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sleep(10);
	for (unsigned long i = 0; i < events; i++) {
		syscall(SYS_munmap, 0x1001, 4096);
		usleep(gap_us);
	}
	_exit(0);
}

static int compare(const void *a, const void *b)
{
	unsigned long left = *(const unsigned long *)a, right = *(const unsigned long *)b;

	return left < right ? -1 : left > right;
}

static long switches(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_nvcsw;
}

int main(int argc, char **argv)
{
	static struct memmon_event records[4096];
	unsigned long events = argc > 2 ? strtoul(argv[1], NULL, 0) : 0, found = 0, *took;
	long before, wakeups = -1;
	int reader;
	pid_t pid;

	if (events < 1)
		errx(2, "trickle EVENTS GAP_US");
	took = calloc(events, sizeof(*took));
	if (!took)
		err(1, "memory");
	pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (!pid)
		make(events, strtoul(argv[2], NULL, 0));
	reader = open_reader(1);
	drain(reader);
	fcntl(reader, F_SETFL, 0);
	before = switches();
	while (found < events) {
		ssize_t bytes = read(reader, records, sizeof(records));
		unsigned long time = now(CLOCK_BOOTTIME);

		if (bytes <= 0)
			err(1, "read");
		if (wakeups < 0)
			wakeups = switches() - before - 1; /* once to fall asleep */
		for (size_t i = 0; i < bytes / sizeof(*records) && found < events; i++)
			if (records[i].kind == MEMMON_MUNMAP && records[i].addr == 0x1001)
				took[found++] = time - records[i].time_ns;
	}
	close(reader);
	qsort(took, events, sizeof(*took), compare);
	printf("%.1f %.1f %ld\n", took[events / 2] / 1000.0, took[events * 99 / 100] / 1000.0,
	       wakeups);
	return 0;
}
