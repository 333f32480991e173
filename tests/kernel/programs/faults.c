// SPDX-License-Identifier: Apache-2.0
/*
 * faults.c - memory and user pages that are refused, one after the other
 *
 * faults load MODULE	of what insmod asks for
 * faults open		of what open asks for
 * faults read FILE	of what read, poll and ioctl ask for; FILE is what was read
 *
 * A call is made again and again, and in the Nth go the kernel refuses the Nth thing
 * it wants (/proc/thread-self/fail-nth), until it wants no more than N. Prints how many
 * times that was; a call that fails with the wrong errno ends the program.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "uapi/memmon.h"

#define DEVICE "/dev/memmon"

static int fail_nth = -1;

static void refuse(unsigned int nth)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", nth);

	/* A refusal that is left from before may meet this call. */
	while (pwrite(fail_nth, text, length, 0) != length)
		if (errno != EFAULT)
			err(1, "fail-nth");
}

/* Ends what refuse() began: has something been refused? */
static int was_refused(void)
{
	int error = errno, refused;
	char text[16] = "";

	/* Likewise this one, and then it was still to come. */
	refused = pread(fail_nth, text, sizeof(text) - 1, 0) > 0 && !atoi(text);
	refuse(0);
	errno = error;
	return refused;
}

/* What a call may fail with when something was refused to it. */
static void check_errno(long result, int refused, const char *what, unsigned int nth)
{
	if (result >= 0)
		return;
	if (!refused || (errno != ENOMEM && errno != EFAULT))
		err(1, "%s, %s the %uth refused", what, refused ? "with" : "before", nth);
}

static int load(const char *path)
{
	unsigned int nth;
	int module = open(path, O_RDONLY | O_CLOEXEC);

	if (module < 0)
		err(1, "%s", path);
	for (nth = 1;; nth++) {
		int refused, result;

		refuse(nth);
		result = syscall(SYS_finit_module, module, "ring_records=64 maxactive=2", 0);
		refused = was_refused();
		check_errno(result, refused, "insmod", nth);
		if (!result && syscall(SYS_delete_module, "memmon", O_NONBLOCK))
			err(1, "rmmod");
		if (!refused)
			break;
	}
	printf("%u\n", nth - 1);
	return 0;
}

static int open_and_close(void)
{
	unsigned int nth;

	for (nth = 1;; nth++) {
		int refused, fd;

		refuse(nth);
		fd = open(DEVICE, O_RDONLY | O_CLOEXEC);
		refused = was_refused();
		check_errno(fd, refused, "open", nth);
		if (fd >= 0)
			close(fd);
		if (!refused)
			break;
	}
	printf("%u\n", nth - 1);
	return 0;
}

/* One go of each call; the records that came go to @out. How many refusals there were. */
static int calls(int fd, int out, unsigned int nth)
{
	static struct memmon_event events[256];
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	struct memmon_info info = { .size = sizeof(info) };
	struct memmon_counters counters = { .cpu = 0 };
	int refused, count = 0;
	ssize_t result;

	refuse(nth);
	result = poll(&pollfd, 1, 0);
	refused = was_refused();
	check_errno(result, refused, "poll", nth);
	count += refused;

	refuse(nth);
	result = ioctl(fd, MEMMON_GET_INFO, &info);
	refused = was_refused();
	check_errno(result, refused, "MEMMON_GET_INFO", nth);
	count += refused;

	refuse(nth);
	result = ioctl(fd, MEMMON_GET_COUNTERS, &counters);
	refused = was_refused();
	check_errno(result, refused, "MEMMON_GET_COUNTERS", nth);
	count += refused;

	refuse(nth);
	result = read(fd, events, sizeof(events));
	refused = was_refused();
	if (result < 0 && errno == EAGAIN)
		return count + refused;
	check_errno(result, refused, "read", nth);
	if (result > 0 && write(out, events, result) != result)
		err(1, "write");
	return count + refused;
}

/* So many records have to come: whoever makes them may be slower than this. */
#define LEAST_BYTES ((off_t)(2000 * sizeof(struct memmon_event)))
#define MOST_GOES 600000

static int read_all(const char *path)
{
	int fd = open(DEVICE, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int count = 0;

	if (fd < 0 || out < 0)
		err(1, "%s or %s", DEVICE, path);
	for (unsigned int i = 0;
	     i < 6000 || (i < MOST_GOES && lseek(out, 0, SEEK_CUR) < LEAST_BYTES); i++)
		count += calls(fd, out, 1 + i % 6);
	printf("%d\n", count);
	return 0;
}

int main(int argc, char **argv)
{
	fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (fail_nth < 0)
		err(1, "this kernel refuses nothing on request");
	if (argc == 3 && !strcmp(argv[1], "load"))
		return load(argv[2]);
	if (argc == 2 && !strcmp(argv[1], "open"))
		return open_and_close();
	if (argc == 3 && !strcmp(argv[1], "read"))
		return read_all(argv[2]);
	errx(2, "faults load MODULE, open, or read FILE");
}
