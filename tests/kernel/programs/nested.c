// SPDX-License-Identifier: Apache-2.0
/*
 * nested.c - nested DEPTH
 *
 * A process, its child in a pid namespace of its own, a child of that one's child in
 * one more, to DEPTH. Each prints itself, as the initial namespace knows it (/proc is
 * of that one) and as it does (getpid): "OUTER TID OWN". In each namespace it is
 * number 2 that goes deeper. The innermost prints its second thread, too, then "still".
 * At the end of input each unmaps a page and ends, the innermost as /bin/true.
 */
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void say_self(void)
{
	char link[64] = "", text[96];
	int outer, tid, length;

	if (readlink("/proc/thread-self", link, sizeof(link) - 1) < 0 ||
	    sscanf(link, "%d/task/%d", &outer, &tid) != 2)
		err(1, "/proc/thread-self");
	length = snprintf(text, sizeof(text), "%d %d %d\n", outer, tid, getpid());
	if (write(STDOUT_FILENO, text, length) != length)
		err(1, "write");
}

static void touch(void)
{
	void *at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED || munmap(at, 4096))
		err(1, "mmap");
}

static void *second_thread(void *arg)
{
	(void)arg;
	say_self();
	touch();
	return NULL;
}

static pid_t child(void)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (!pid)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

static int wait_for(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status)
		errx(1, "child: status %#x", status);
	touch();
	return 0;
}

static int innermost(void)
{
	pthread_t thread;
	char end;

	if (pthread_create(&thread, NULL, second_thread, NULL) || pthread_join(thread, NULL))
		errx(1, "pthread_create");
	if (write(STDOUT_FILENO, "still\n", 6) != 6)
		return 1;
	while (read(STDIN_FILENO, &end, 1) > 0)
		;
	touch();
	execl("/bin/true", "true", NULL);
	return 127;
}

int main(int argc, char **argv)
{
	int depth = argc == 2 ? atoi(argv[1]) : 0;

	if (depth < 1)
		errx(2, "nested DEPTH");
	for (;; depth--) {
		pid_t pid;

		say_self();
		if (!depth)
			return innermost();
		if (unshare(CLONE_NEWPID))
			err(1, "unshare");
		pid = child();
		if (pid)
			return wait_for(pid);
		say_self();
		pid = child();
		if (pid)
			return wait_for(pid);
	}
}
