// SPDX-License-Identifier: Apache-2.0
/*
 * issue.c - issue PAIRS
 *
 * A process on each CPU makes PAIRS mmaps and as many munmaps there. Prints
 * /proc/memmon as it was just before the first of them, a line "--", and as it
 * was just after the last: no call of this program's own lies between but those.
 */
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
	atomic_int ready;
	atomic_int go;
	atomic_int done;
};

struct text {
	char at[16384];
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
	while (pairs--) {
		void *at = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (at == MAP_FAILED || munmap(at, 8192))
			_exit(1);
	}
	shared->done++;
	pause();
}

int main(int argc, char **argv)
{
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int cpus = sysconf(_SC_NPROCESSORS_ONLN);
	pid_t children[64];

	if (argc != 2 || shared == MAP_FAILED || cpus > 64)
		errx(2, "issue PAIRS, on 64 CPUs at most");
	for (int cpu = 0; cpu < cpus; cpu++) {
		children[cpu] = fork();
		if (children[cpu] < 0)
			err(1, "fork");
		if (!children[cpu])
			issue(shared, cpu, strtoul(argv[1], NULL, 10));
	}
	until(&shared->ready, cpus);
	look(&before);
	shared->go = 1;
	until(&shared->done, cpus);
	look(&after);
	for (int cpu = 0; cpu < cpus; cpu++) {
		kill(children[cpu], SIGKILL);
		waitpid(children[cpu], NULL, 0);
	}
	printf("%.*s--\n%.*s", (int)before.length, before.at, (int)after.length, after.at);
	return 0;
}
