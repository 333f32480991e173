// SPDX-License-Identifier: Apache-2.0
/*
 * workload.c - workload fail|map|getppid EVENTS [-n ROUNDS] [-r | -p]
 *
 * Prints the nanoseconds of CLOCK_MONOTONIC an event took, which under icount
 * are instructions: the least of ROUNDS rounds, ten if nothing is said.
 *
 * -r: it is the reader of /dev/memmon, too, so that nothing else runs: opened
 * before the first round and drained, unmeasured, after each.
 *
 * -p: somebody else reads. There is one CPU for both, so nobody gets in between
 * while a round lasts (SCHED_FIFO), and everybody has a fifth of a second after
 * it: what is measured is the producer's side alone, waking the reader included.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "events.h"

int main(int argc, char **argv)
{
	unsigned long events = argc > 2 ? strtoul(argv[2], NULL, 0) : 0, least = -1UL;
	int reads = 0, pauses = 0, rounds = 10, reader, option;

	if (events < 2)
		errx(2, "workload fail|map|getppid EVENTS [-n ROUNDS] [-r | -p]");
	optind = 3;
	while ((option = getopt(argc, argv, "n:rp")) != -1) {
		if (option == 'n')
			rounds = atoi(optarg);
		reads |= option == 'r';
		pauses |= option == 'p';
	}
	if (pauses && sched_setscheduler(0, SCHED_FIFO, &(struct sched_param) { 1 }))
		err(1, "SCHED_FIFO");
	reader = open_reader(reads);
	drain(reader);
	for (int i = 0; i < rounds; i++) {
		unsigned long began, took;

		if (pauses)
			usleep(200000);
		began = now(CLOCK_MONOTONIC);
		make_events(argv[1][0], events);
		took = now(CLOCK_MONOTONIC) - began;
		drain(reader);
		if (took < least)
			least = took;
	}
	if (reader >= 0)
		close(reader); /* before printf() has something to record */
	printf("%.1f\n", (double)least / events);
	return 0;
}
