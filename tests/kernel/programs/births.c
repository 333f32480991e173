// SPDX-License-Identifier: Apache-2.0
/*
 * births.c - births N SURVIVORS
 *
 * N children, one after another, each gone as soon as it has mapped a page;
 * then SURVIVORS that hold still. Prints "done", and ends at the end of input.
 */
#include <err.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t birth(void)
{
	pid_t pid = fork();

	if (pid < 0)
		err(1, "fork");
	if (!pid && mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
		_exit(1);
	return pid;
}

int main(int argc, char **argv)
{
	unsigned long n, survivors;
	int status;
	char end;

	if (argc != 3)
		errx(2, "births N SURVIVORS");
	n = strtoul(argv[1], NULL, 10);
	survivors = strtoul(argv[2], NULL, 10);
	while (n--) {
		pid_t pid = birth();

		if (!pid)
			_exit(0);
		if (waitpid(pid, &status, 0) != pid || status)
			errx(1, "a child failed");
	}
	while (survivors--) {
		if (birth())
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	if (write(STDOUT_FILENO, "done\n", 5) != 5)
		return 1;
	while (read(STDIN_FILENO, &end, 1) > 0)
		;
	return 0;
}
