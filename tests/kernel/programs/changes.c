// SPDX-License-Identifier: Apache-2.0
/*
 * changes.c - changes SEED THREADS [LEFT]
 *
 * Changes its address space at random, in every way there is. For a line N on
 * standard input its THREADS threads make N changes each, print "done" and
 * hold still. LEFT: changes that are left of the line before; it is how an
 * image hands over to the next at exec.
 */
#include <err.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "changes.h"

#define THREADS_MAX 16

static struct worker workers[THREADS_MAX];
static unsigned int thread_count;
static unsigned long changes;
static pthread_barrier_t begin, over;
static char **arguments;
static char neighbour[4096]; /* tiny32, a 32-bit program */

/* splitmix64 */
unsigned long next(struct worker *w)
{
	unsigned long z = (w->seed += 0x9e3779b97f4a7c15UL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9UL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebUL;
	return z ^ (z >> 31);
}

unsigned long below(struct worker *w, unsigned long n)
{
	return next(w) % n;
}

void *where(struct worker *w)
{
	return (void *)(w->window + below(w, WINDOW_PAGES) * PAGE);
}

/* All threads end but this one, and the next image makes the changes that are left. */
static void go_on_in_next_image(struct worker *w, unsigned long left)
{
	char seed[24], count[24];

	snprintf(seed, sizeof(seed), "%lu", next(w));
	snprintf(count, sizeof(count), "%lu", left);
	execl("/proc/self/exe", arguments[0], seed, arguments[2], count, NULL);
	err(1, "exec");
}

static void change(struct worker *w)
{
	for (unsigned long left = changes; left--;) {
		/* Lingering children are children still after exec, but not known there. */
		if (!below(w, 4000) && !relatives_linger())
			go_on_in_next_image(w, left);
		if (!below(w, 150)) /* they take a hundred times as long */
			change_with_relatives(w);
		else
			change_mappings(w, 1);
	}
}

static void *work(void *arg)
{
	for (;;) {
		pthread_barrier_wait(&begin);
		change(arg);
		pthread_barrier_wait(&over);
	}
	return NULL;
}

/* Straight from the descriptor: stdio allocates. */
static bool next_line(void)
{
	char line[32];
	ssize_t got = read(STDIN_FILENO, line, sizeof(line) - 1);

	if (got <= 0)
		return false;
	line[got] = 0;
	changes = strtoul(line, NULL, 10);
	return true;
}

int main(int argc, char **argv)
{
	void *volatile first; /* a malloc() that the compiler must not leave out */

	if (argc < 3)
		errx(2, "changes SEED THREADS [LEFT]");
	arguments = argv;
	snprintf(neighbour, sizeof(neighbour), "%.*stiny32", (int)(strrchr(argv[0], '/') + 1 - argv[0]),
		 argv[0]);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	thread_count = strtoul(argv[2], NULL, 10);
	if (thread_count < 1 || thread_count > THREADS_MAX)
		errx(2, "1 to %d threads", THREADS_MAX);
	/* All that malloc will ever want of the heap, below the break that is moved. */
	mallopt(M_TOP_PAD, 1 << 20);
	mallopt(M_TRIM_THRESHOLD, 1 << 30);
	first = malloc(1);
	free(first);
	mappings_begin();
	relatives_begin(&workers[0], neighbour);
	pthread_barrier_init(&begin, NULL, thread_count);
	pthread_barrier_init(&over, NULL, thread_count);
	for (unsigned int i = 0; i < thread_count; i++) {
		workers[i].seed = strtoul(argv[1], NULL, 10) * THREADS_MAX + i;
		workers[i].window = WINDOW(i);
		if (i && pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			errx(1, "pthread_create");
	}
	for (bool handed_over = argc > 3; handed_over || next_line(); handed_over = false) {
		if (handed_over)
			changes = strtoul(argv[3], NULL, 10);
		relatives_end();
		pthread_barrier_wait(&begin);
		change(&workers[0]);
		pthread_barrier_wait(&over);
		if (write(STDOUT_FILENO, "done\n", 5) != 5)
			return 1;
	}
	relatives_end();
	return 0;
}
