// SPDX-License-Identifier: Apache-2.0
/*
 * scale.c - scale CPUS fail|map EVENTS [-r]
 *
 * As workload.c, but on CPUS processors at once, a process each: prints the time
 * an event took, the least of ten rounds, divided by all events of all processes.
 * Under icount virtual processors take turns, so that the time that goes by is the
 * sum of theirs: what is printed is instructions an event still, waiting for each
 * other (a lock, a cache line that has to be handed over by software) included.
 */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "events.h"

#define ROUNDS 10
#define CPUS_MAX 64

static void work(int cpu, char kind, unsigned long events, int start, int done)
{
	cpu_set_t set;
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "CPU %d", cpu);
	while (read(start, &byte, 1) == 1) {
		make_events(kind, events);
		if (write(done, &byte, 1) != 1)
			break;
	}
	_exit(0);
}

static void round_trip(int cpus, const int start[][2], int done)
{
	char byte = 0;

	for (int i = 0; i < cpus; i++)
		if (write(start[i][1], &byte, 1) != 1)
			err(1, "start");
	for (int i = 0; i < cpus; i++)
		if (read(done, &byte, 1) != 1)
			err(1, "done");
}

int main(int argc, char **argv)
{
	int cpus = argc > 3 ? atoi(argv[1]) : 0, reader, start[CPUS_MAX][2], done[2];
	unsigned long events = argc > 3 ? strtoul(argv[3], NULL, 0) : 0, least = -1UL;

	if (cpus < 1 || cpus > CPUS_MAX || events < 2)
		errx(2, "scale CPUS fail|map EVENTS [-r]");
	if (pipe(done))
		err(1, "pipe");
	for (int i = 0; i < cpus; i++) {
		pid_t pid;

		if (pipe(start[i]))
			err(1, "pipe");
		pid = fork();
		if (pid < 0)
			err(1, "fork");
		if (!pid)
			work(i, argv[2][0], events, start[i][0], done[1]);
	}
	reader = open_reader(argc > 4);
	drain(reader);
	for (int i = 0; i < ROUNDS; i++) {
		unsigned long began = now(CLOCK_MONOTONIC), took;

		round_trip(cpus, start, done[0]);
		took = now(CLOCK_MONOTONIC) - began;
		drain(reader);
		if (took < least)
			least = took;
	}
	if (reader >= 0)
		close(reader);
	printf("%.1f\n", (double)least / (events * cpus));
	return 0;
}
