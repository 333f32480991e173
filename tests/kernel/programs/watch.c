// SPDX-License-Identifier: Apache-2.0
/*
 * watch.c - watch
 *
 * Reads /dev/memmon and keeps the size of every process as the contract says,
 * and nothing else does: it shares no code with the service. Prints "ready"
 * when the capture runs. A line on standard input asks for the sizes; the
 * answer, when all that is there to be read has been:
 *
 *   TGID KIB KIND TIME_NS   of every living process; KIND and TIME_NS of the record that
 *                           told its size
 *   records N lost N resync N ends N
 *
 * the last line counting records, lost ones, RESYNC and RESYNC_END. End of
 * input ends it; exit status 1 at the first breach of the contract.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "uapi/memmon.h"

#define CPUS_MAX 64
#define PIDS_MAX 65536
#define SPACES_MAX 65536 /* a power of 2 */
#define BUFFER_RECORDS 4096

struct space {
	__u64 mm_id; /* 0: free */
	__u64 ticket;
	__u64 pages;
	__u64 time_ns;
	__u16 kind;
};

struct process {
	__u64 start_ns;
	__u64 last_ns;
	__u64 mm_id;
	__u64 mm_last_ns; /* youngest word on mm_id */
	bool lives;
};

static struct memmon_event buffer[BUFFER_RECORDS];
static struct space spaces[SPACES_MAX];
static struct process processes[PIDS_MAX];
static __u64 next_seq[CPUS_MAX + 1];
static __u64 page_kib;
static __u64 all_told_ns;
static unsigned long records, lost, resyncs, ends;

static struct space *space_of(__u64 mm_id)
{
	for (__u64 i = mm_id;; i++) {
		struct space *space = &spaces[i % SPACES_MAX];

		if (space->mm_id == mm_id)
			return space;
		if (!space->mm_id) {
			space->mm_id = mm_id;
			return space;
		}
		if (i == mm_id + SPACES_MAX)
			errx(1, "more than %d address spaces", SPACES_MAX);
	}
}

static void on_resync_end(const struct memmon_event *event)
{
	ends++;
	if (event->result & MEMMON_RESYNC_ALL)
		all_told_ns = event->start_ns;
}

/* All were told since all_told_ns: whoever was not has ended. */
static bool lives(const struct process *process)
{
	return process->lives && process->last_ns >= all_told_ns;
}

static void on_process(const struct memmon_event *event)
{
	struct process *process;

	if (event->tgid >= PIDS_MAX)
		errx(1, "tgid %u", event->tgid);
	process = &processes[event->tgid];
	if (event->start_ns < process->start_ns)
		return; /* late word of one that had the number before */
	if (event->start_ns > process->start_ns)
		*process = (struct process){ .start_ns = event->start_ns, .lives = true };
	if (event->time_ns > process->last_ns)
		process->last_ns = event->time_ns;
	if (event->kind == MEMMON_EXIT)
		process->lives = false;
	if (event->mm_id && event->time_ns >= process->mm_last_ns) {
		process->mm_id = event->mm_id;
		process->mm_last_ns = event->time_ns;
	}
}

static void on_event(const struct memmon_event *event)
{
	if (event->kind == MEMMON_RESYNC)
		resyncs++;
	if (!(event->flags & MEMMON_F_NO_MM)) {
		struct space *space = space_of(event->mm_id);

		if (event->ticket > space->ticket) {
			space->ticket = event->ticket;
			space->pages = event->total_vm;
			space->time_ns = event->time_ns;
			space->kind = event->kind;
		}
	}
	/* These may have been made by another process than the address space's. */
	if (event->kind != MEMMON_MM_EXIT && event->kind != MEMMON_STACK &&
	    event->kind != MEMMON_SPECIAL && !(event->flags & MEMMON_F_KTHREAD))
		on_process(event);
}

static void on_record(const struct memmon_event *event)
{
	unsigned int cpu = event->cpu == MEMMON_CPU_NONE ? CPUS_MAX : event->cpu;

	if (cpu > CPUS_MAX)
		errx(1, "record of CPU %u", event->cpu);
	if (event->seq != next_seq[cpu])
		errx(1, "CPU %u: kind %u has seq %llu, not %llu", event->cpu, event->kind,
		     event->seq, next_seq[cpu]);
	next_seq[cpu] += event->kind == MEMMON_LOST ? ((const struct memmon_lost *)event)->count : 1;
	records++;
	switch (event->kind) {
	case MEMMON_HEADER:
		page_kib = ((const struct memmon_header *)event)->page_size / 1024;
		break;
	case MEMMON_LOST:
		lost += ((const struct memmon_lost *)event)->count;
		break;
	case MEMMON_RESYNC_END:
		on_resync_end(event);
		break;
	default:
		on_event(event);
	}
}

/* False: there is nothing now. */
static bool take(int fd)
{
	ssize_t length = read(fd, buffer, sizeof(buffer));

	if (length < 0 && errno == EAGAIN)
		return false;
	if (length <= 0 || length % MEMMON_RECORD_SIZE)
		err(1, "read: %zd", length);
	for (size_t i = 0; i < length / sizeof(*buffer); i++)
		on_record(&buffer[i]);
	return true;
}

static void answer(void)
{
	for (int i = 0; i < PIDS_MAX; i++) {
		const struct space *space;

		if (!lives(&processes[i]) || !processes[i].mm_id)
			continue;
		space = space_of(processes[i].mm_id);
		printf("%d %llu %u %llu\n", i, space->pages * page_kib, space->kind, space->time_ns);
	}
	printf("records %lu lost %lu resync %lu ends %lu\n", records, lost, resyncs, ends);
	fflush(stdout);
}

int main(void)
{
	struct pollfd wait[] = {
		{ .fd = open(MEMMON_DEVICE, O_RDONLY | O_NONBLOCK), .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN },
	};
	char line[64];

	if (wait[0].fd < 0)
		err(1, MEMMON_DEVICE);
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		if (poll(wait, 2, -1) < 0)
			err(1, "poll");
		if (!wait[1].revents) {
			take(wait[0].fd);
			continue;
		}
		while (take(wait[0].fd))
			;
		if (read(STDIN_FILENO, line, sizeof(line)) <= 0)
			return 0;
		answer();
	}
}
