// SPDX-License-Identifier: Apache-2.0
/*
 * grow.c - grow PROCESSES MAPPINGS
 *
 * Prints "ready" when so many processes hold still. For every line on standard input each of them
 * makes MAPPINGS mappings and keeps them; then "done" is printed, and all hold still again.
 */
#include <err.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define PAGE 4096

struct shared {
	pthread_barrier_t begin, over;
};

static void grow(struct shared *shared, unsigned int mappings)
{
	for (;;) {
		pthread_barrier_wait(&shared->begin);
		for (unsigned int i = 0; i < mappings; i++)
			/* None may be made one with the mapping before. */
			if (mmap(NULL, PAGE, i % 2 ? PROT_READ : PROT_NONE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
				err(1, "mmap");
		pthread_barrier_wait(&shared->over);
	}
}

static void say(const char *line, size_t length)
{
	if (write(STDOUT_FILENO, line, length) != (ssize_t)length)
		err(1, "write");
}

int main(int argc, char **argv)
{
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int processes, mappings;
	pthread_barrierattr_t between;
	char line[16];

	if (argc != 3)
		errx(2, "grow PROCESSES MAPPINGS");
	processes = strtoul(argv[1], NULL, 10);
	mappings = strtoul(argv[2], NULL, 10);
	if (shared == MAP_FAILED)
		err(1, "mmap");
	pthread_barrierattr_init(&between);
	pthread_barrierattr_setpshared(&between, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&shared->begin, &between, processes + 1);
	pthread_barrier_init(&shared->over, &between, processes + 1);
	for (unsigned int i = 0; i < processes; i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			grow(shared, mappings);
		}
	}
	say("ready\n", 6);
	while (read(STDIN_FILENO, line, sizeof(line)) > 0) {
		pthread_barrier_wait(&shared->begin);
		pthread_barrier_wait(&shared->over);
		say("done\n", 5);
	}
	return 0;
}
