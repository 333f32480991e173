// SPDX-License-Identifier: Apache-2.0
/*
 * issue.c - issue PAIRS [stop PID MS | kill PID]
 *
 * A process on each CPU makes PAIRS mmaps and as many munmaps there, and counts them. Prints
 * /proc/memmon as it was just before the first of them, a line "--", as it was just after
 * the last, and "--": no call of this program's own lies between but those. Then a line a
 * CPU, "CPU PAIRS".
 *
 * stop: when half of them are made, the reader PID is stopped for MS milliseconds, and the
 * calls go on until these are over, however many that is.
 * kill: when half of them are made, the reader PID is stopped; when each CPU has made half
 * as many again it is killed, with full rings before it, and the second look is when its
 * capture has ended.
 */
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CPUS_MAX 64

struct shared {
	atomic_int ready;
	atomic_int go;
	atomic_int half; /* how many CPUs have made half of theirs */
	atomic_int enough; /* no more than PAIRS are needed */
	atomic_int done;
	atomic_ulong pairs[CPUS_MAX];
};

struct text {
	char at[16384]; /* ends with 0 */
	ssize_t length;
};

static struct text before, after;

/* Straight into memory that is there: stdio would allocate. */
static void look(struct text *to)
{
	int fd = open("/proc/memmon", O_RDONLY);

	to->length = read(fd, to->at, sizeof(to->at));
	close(fd);
	if (to->length <= 0 || to->length == sizeof(to->at))
		err(1, "/proc/memmon");
	to->at[to->length] = 0;
}

static void until(atomic_int *value, int wanted)
{
	while (*value != wanted)
		sched_yield();
}

static void issue(struct shared *shared, int cpu, unsigned long pairs)
{
	cpu_set_t cpus;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		err(1, "CPU %d", cpu);
	shared->ready++;
	until(&shared->go, 1);
	for (unsigned long made = 0; made < pairs || !shared->enough; made++) {
		void *at = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (at == MAP_FAILED || munmap(at, 8192))
			_exit(1);
		shared->pairs[cpu] = made + 1;
		if (made == pairs / 2)
			shared->half++;
	}
	shared->done++;
	pause();
}

/* One CPU may be far ahead of another. */
static void await_more(struct shared *shared, int cpus, unsigned long more)
{
	unsigned long least[CPUS_MAX];

	for (int cpu = 0; cpu < cpus; cpu++)
		least[cpu] = shared->pairs[cpu] + more;
	for (int cpu = 0; cpu < cpus; cpu++)
		while (shared->pairs[cpu] < least[cpu])
			sched_yield();
}

static void stop_for(pid_t reader, int ms)
{
	struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L };

	kill(reader, SIGSTOP);
	clock_nanosleep(CLOCK_MONOTONIC, 0, &left, NULL);
	kill(reader, SIGCONT);
}

static void kill_and_wait(pid_t reader)
{
	kill(reader, SIGKILL);
	do {
		sched_yield();
		look(&after);
	} while (strstr(after.at, " running\n"));
}

int main(int argc, char **argv)
{
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	bool stops = argc == 5 && !strcmp(argv[2], "stop");
	bool kills = argc == 4 && !strcmp(argv[2], "kill");
	pid_t children[CPUS_MAX], reader = argc > 3 ? atoi(argv[3]) : 0;
	unsigned long pairs = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;

	if (!(argc == 2 || ((stops || kills) && reader > 0)) || shared == MAP_FAILED || cpus > CPUS_MAX)
		errx(2, "issue PAIRS [stop PID MS | kill PID], on %d CPUs at most", CPUS_MAX);
	shared->enough = !stops && !kills;
	for (int cpu = 0; cpu < cpus; cpu++) {
		children[cpu] = fork();
		if (children[cpu] < 0)
			err(1, "fork");
		if (!children[cpu])
			issue(shared, cpu, pairs);
	}
	until(&shared->ready, cpus);
	look(&before);
	shared->go = 1;
	if (stops) {
		until(&shared->half, cpus);
		stop_for(reader, atoi(argv[4]));
		shared->enough = 1;
	}
	if (kills) {
		until(&shared->half, cpus);
		kill(reader, SIGSTOP);
		await_more(shared, cpus, pairs / 2);
		shared->enough = 1;
	}
	until(&shared->done, cpus);
	if (kills)
		kill_and_wait(reader);
	else
		look(&after);
	for (int cpu = 0; cpu < cpus; cpu++) {
		kill(children[cpu], SIGKILL);
		waitpid(children[cpu], NULL, 0);
	}
	printf("%s--\n%s--\n", before.at, after.at);
	for (int cpu = 0; cpu < cpus; cpu++)
		printf("%d %lu\n", cpu, (unsigned long)shared->pairs[cpu]);
	return 0;
}
