// SPDX-License-Identifier: Apache-2.0
/*
 * brief.c - brief N CGROUP PROGRAM
 *
 * N children, one after another: each is born into the cgroup whose directory is CGROUP,
 * becomes a user of its own, and is gone; each second one as PROGRAM. Of the others each
 * second borrows this process's address space instead, and stays in its cgroup: nothing is
 * copied for it, and it lives the shortest. Prints "PID UID" of each at the end.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_MAX 10000
#define UID_BASE 20000

static pid_t pids[N_MAX];
static char stack[16384] __attribute__((aligned(16)));

static void live(int number, const char *program)
{
	if (syscall(SYS_setuid, UID_BASE + number))
		_exit(1);
	if (number % 2)
		execl(program, program, NULL);
	else if (mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
		_exit(0);
	_exit(1);
}

static int borrow(void *number)
{
	live(*(int *)number, NULL);
	return 1;
}

int main(int argc, char **argv)
{
	int n = argc == 4 ? atoi(argv[1]) : 0, cgroup, status;

	if (n < 1 || n > N_MAX)
		errx(2, "brief N CGROUP PROGRAM");
	cgroup = open(argv[2], O_PATH | O_DIRECTORY);
	if (cgroup < 0)
		err(1, "%s", argv[2]);
	for (int i = 0; i < n; i++) {
		struct clone_args how = {
			.flags = CLONE_INTO_CGROUP,
			.exit_signal = SIGCHLD,
			.cgroup = cgroup,
		};

		if (i % 4 == 2)
			pids[i] = clone(borrow, stack + sizeof(stack),
					CLONE_VM | CLONE_VFORK | SIGCHLD, &i);
		else
			pids[i] = syscall(SYS_clone3, &how, sizeof(how));
		if (pids[i] < 0)
			err(1, "clone");
		if (!pids[i])
			live(i, argv[3]);
		if (waitpid(pids[i], &status, 0) != pids[i] || status)
			errx(1, "a child failed: status %#x", status);
	}
	for (int i = 0; i < n; i++)
		printf("%d %d\n", pids[i], UID_BASE + i);
	return 0;
}
