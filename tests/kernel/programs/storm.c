// SPDX-License-Identifier: Apache-2.0
/*
 * storm.c - storm PAIRS PROCESSES THREADS
 *
 * PAIRS mmap/munmap pairs, each of STORM_LENGTH bytes, shared out among
 * PROCESSES processes of THREADS threads. PAIRS 0: until it is killed.
 */
#include <err.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#define STORM_LENGTH 0x13000

static void *blow(void *arg)
{
	unsigned long pairs = (unsigned long)arg;

	for (unsigned long i = 0; !pairs || i < pairs; i++) {
		void *at = mmap(NULL, STORM_LENGTH, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (at == MAP_FAILED || munmap(at, STORM_LENGTH))
			err(1, "storm");
	}
	return NULL;
}

/* The part of @total that falls to number @i of @n. */
static unsigned long part(unsigned long total, unsigned long i, unsigned long n)
{
	return total / n + (i < total % n);
}

static int process(unsigned long pairs, unsigned long forever, unsigned long threads)
{
	pthread_t thread[64];
	unsigned long i;

	for (i = 1; i < threads; i++)
		if (forever || part(pairs, i, threads))
			if (pthread_create(&thread[i], NULL, blow,
					   (void *)(forever ? 0 : part(pairs, i, threads))))
				errx(1, "pthread_create");
	if (forever || part(pairs, 0, threads))
		blow((void *)(forever ? 0 : part(pairs, 0, threads)));
	for (i = 1; i < threads; i++)
		if (part(pairs, i, threads))
			pthread_join(thread[i], NULL);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned long pairs, processes, threads, i;
	int status, failed = 0;

	if (argc != 4)
		errx(2, "storm PAIRS PROCESSES THREADS");
	pairs = strtoul(argv[1], NULL, 0);
	processes = strtoul(argv[2], NULL, 0);
	threads = strtoul(argv[3], NULL, 0);
	if (!processes || !threads || threads > 64)
		errx(2, "1 to 64 threads");
	for (i = 0; i < processes; i++) {
		pid_t pid = fork();

		if (pid < 0)
			err(1, "fork");
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			exit(process(part(pairs, i, processes), !pairs, threads));
		}
	}
	while (wait(&status) > 0)
		failed |= status;
	return failed ? 1 : 0;
}
