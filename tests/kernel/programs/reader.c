// SPDX-License-Identifier: Apache-2.0
/*
 * reader.c - reader [BUFFER_RECORDS]
 *
 * Reads /dev/memmon and holds it to its contract: HEADER first, every
 * sub-stream numbered without a hole, LOST exactly as long as the hole. Prints
 * "ready" when the capture runs. On SIGTERM it reads what is left and prints a
 * line a CPU, as it counted and as the module did, and one a kind of that CPU's
 * records:
 *
 *   cpu N events E lost L storm S true_exits T hooked H delivered D dropped X filtered F pending P
 *   kind N K events E
 *
 * events are all records but LOST; storm those of storm.c's mappings, true_exits
 * the EXITs of processes named "true". Then it closes the device, prints
 * "closed" and exits with 0, or with 1 at the first breach.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "uapi/memmon.h"

#define CPUS_MAX 64
#define KINDS_MAX 64
#define STORM_LENGTH 0x13000

struct stream {
	__u64 next;
	__u64 events;
	__u64 kinds[KINDS_MAX];
	__u64 lost;
	__u64 storm;
	__u64 true_exits;
};

static struct stream streams[CPUS_MAX];
static struct stream opening;
static volatile sig_atomic_t ending;

static void end(int signal)
{
	(void)signal;
	ending = 1;
}

static void check(const struct memmon_event *event)
{
	struct stream *stream = event->cpu == MEMMON_CPU_NONE ? &opening : &streams[event->cpu];

	if (event->cpu != MEMMON_CPU_NONE && event->cpu >= CPUS_MAX)
		errx(1, "record of CPU %u", event->cpu);
	if (!opening.events && event->kind != MEMMON_HEADER)
		errx(1, "kind %u before HEADER", event->kind);
	if (event->seq != stream->next)
		errx(1, "CPU %u: kind %u has seq %llu, not %llu", event->cpu, event->kind,
		     event->seq, stream->next);
	if (event->kind == MEMMON_LOST) {
		const struct memmon_lost *lost = (const void *)event;

		if (!lost->count || lost->last_ns < lost->time_ns)
			errx(1, "CPU %u: LOST of %llu", event->cpu, lost->count);
		stream->lost += lost->count;
		stream->next += lost->count;
		return;
	}
	if (event->kind >= KINDS_MAX)
		errx(1, "kind %u", event->kind);
	stream->events++;
	stream->kinds[event->kind]++;
	stream->next++;
	if ((event->kind == MEMMON_MMAP || event->kind == MEMMON_MUNMAP) &&
	    event->length == STORM_LENGTH && event->result >= 0)
		stream->storm++;
	if (event->kind == MEMMON_EXIT && !strcmp((const char *)event->comm, "true"))
		stream->true_exits++;
}

/* Bytes read; 0: there is nothing now. */
static ssize_t take(int fd, struct memmon_event *buffer, size_t size)
{
	ssize_t length = read(fd, buffer, size);

	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (length <= 0 || length % MEMMON_RECORD_SIZE)
		err(1, "read: %zd", length);
	for (size_t i = 0; i < length / sizeof(*buffer); i++)
		check(&buffer[i]);
	return length;
}

int main(int argc, char **argv)
{
	size_t size = (argc > 1 ? strtoul(argv[1], NULL, 0) : 4096) * MEMMON_RECORD_SIZE;
	struct memmon_event *buffer = calloc(1, size);
	struct memmon_info info = { .size = sizeof(info) };
	struct sigaction action = { .sa_handler = end };
	sigset_t term, none;
	int fd;

	/* It comes in ppoll() or not at all: none is slept over. */
	sigemptyset(&none);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	sigaction(SIGTERM, &action, NULL);
	fd = open(MEMMON_DEVICE, O_RDONLY | O_NONBLOCK);
	if (fd < 0 || !buffer || ioctl(fd, MEMMON_GET_INFO, &info))
		err(1, MEMMON_DEVICE);
	printf("ready\n");
	fflush(stdout);
	while (!ending) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };

		if (ppoll(&wait, 1, NULL, &none) == 1)
			take(fd, buffer, size);
	}
	while (take(fd, buffer, size))
		;
	for (__u32 cpu = 0; cpu < info.cpu_count; cpu++) {
		struct memmon_counters counters = { .cpu = cpu };

		if (ioctl(fd, MEMMON_GET_COUNTERS, &counters))
			err(1, "MEMMON_GET_COUNTERS");
		printf("cpu %u events %llu lost %llu storm %llu true_exits %llu hooked %llu delivered %llu "
		       "dropped %llu filtered %llu pending %llu\n", cpu, streams[cpu].events, streams[cpu].lost,
		       streams[cpu].storm, streams[cpu].true_exits, counters.hooked, counters.delivered, counters.dropped,
		       counters.filtered, counters.pending);
		for (int kind = 0; kind < KINDS_MAX; kind++)
			if (streams[cpu].kinds[kind])
				printf("kind %u %d events %llu\n", cpu, kind, streams[cpu].kinds[kind]);
	}
	close(fd);
	printf("closed\n");
	return 0;
}
