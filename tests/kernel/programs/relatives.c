// SPDX-License-Identifier: Apache-2.0
/*
 * relatives.c - changes by fork, vfork, CLONE_VM, exec and new threads
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "changes.h"

#define LINGERERS 3

static struct worker *first;
static const char *neighbour;
static pid_t lingerers[LINGERERS];

static void fork_and_wait(struct worker *w)
{
	pid_t pid = fork();

	if (!pid) {
		change_mappings(w, below(w, 6));
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void vfork_and_wait(struct worker *w)
{
	void *at = where(w);
	pid_t pid = vfork();

	if (!pid) {
		syscall(SYS_munmap, at, 4 * PAGE);
		_exit(0);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void spawn_and_wait(struct worker *w)
{
	pid_t pid = vfork();

	if (!pid) {
		execl("/bin/true", "true", NULL);
		_exit(127);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
	(void)w;
}

static int run_beside(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < 3; i++)
		syscall(SYS_munmap, w->window + below(w, WINDOW_PAGES) * PAGE, PAGE);
	return 0;
}

/* A process of its own in the same address space. */
static void share_all_and_wait(struct worker *w)
{
	pid_t pid = clone(run_beside, w->stack + sizeof(w->stack), CLONE_VM | SIGCHLD, w);

	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void *outlive(void *arg)
{
	struct worker *w = arg;

	change_mappings(w, below(w, 4));
	pause();
	return NULL;
}

/* A child that holds still until the next line, in one of several ways. */
static void linger(struct worker *w)
{
	pid_t *slot = &lingerers[below(w, LINGERERS)];
	pthread_t thread;
	pid_t pid;

	if (w != first || *slot)
		return; /* the first thread's alone */
	pid = fork();
	if (pid) {
		*slot = pid > 0 ? pid : 0;
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	change_mappings(w, below(w, 4));
	switch (below(w, 3)) {
	case 0:
		execl("/bin/sleep", "sleep", "1000", NULL);
		break;
	case 1:
		execl(neighbour, "tiny32", NULL);
		break;
	}
	/* The first thread goes before the other. */
	if (!pthread_create(&thread, NULL, outlive, w))
		syscall(SYS_exit, 0);
	pause();
}

void relatives_end(void)
{
	for (int i = 0; i < LINGERERS; i++) {
		if (!lingerers[i])
			continue;
		kill(lingerers[i], SIGKILL);
		waitpid(lingerers[i], NULL, 0);
		lingerers[i] = 0;
	}
}

static void *do_nothing(void *arg)
{
	return arg;
}

static void new_thread(struct worker *w)
{
	pthread_t thread;

	if (!pthread_create(&thread, NULL, do_nothing, w))
		pthread_join(thread, NULL);
}

static void (*const ways[])(struct worker *w) = {
	fork_and_wait, vfork_and_wait, spawn_and_wait, share_all_and_wait, linger, new_thread,
};

void change_with_relatives(struct worker *w)
{
	ways[below(w, sizeof(ways) / sizeof(*ways))](w);
}

void relatives_begin(struct worker *worker, const char *program)
{
	first = worker;
	neighbour = program;
}

bool relatives_linger(void)
{
	for (int i = 0; i < LINGERERS; i++)
		if (lingerers[i])
			return true;
	return false;
}
