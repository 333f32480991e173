// SPDX-License-Identifier: Apache-2.0
//
// A process whose requests are known: it waits for a line on standard input,
// carries out a list of mmaps and munmaps, says what follows from the list,
// and waits for the next line. End of input ends it.
//
//   known NAME LENGTH...      LENGTH in bytes: > 0 maps, < 0 unmaps the most
//                             recent mapping of that length; "LENGTH!" is more
//                             than the kernel grants, and has to be refused
//
// A line holding a number repeats the list that often; a second one is how often
// a second, at most. The answer, after each line: "PID HELD VMSIZE MS", HELD being
// the bytes mapped so far minus those unmapped, in whole pages, VMSIZE what
// /proc/self/status says, in KiB, and MS how long it took.
// Everything is allocated at start, so that nothing but the list maps memory.

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { kMaxLive = 4096 };

struct live {
  void* address;
  size_t length;
};

static struct live live[kMaxLive];
static int live_count;
static long long held;

static long long pages(long long length) {
  long long page = sysconf(_SC_PAGESIZE);
  return (length + page - 1) / page * page;
}

static void die(const char* what) {
  dprintf(2, "known: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void ask_too_much(size_t length) {
  if (mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
    return;
  errno = 0;
  die("what should be refused was granted");
}

static void map(size_t length) {
  if (live_count == kMaxLive) die("too many mappings");
  void* address = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED) die("mmap");
  live[live_count++] = (struct live){address, length};
  held += pages(length);
}

static void unmap(size_t length) {
  for (int i = live_count - 1; i >= 0; i--) {
    if (live[i].length != length) continue;
    if (munmap(live[i].address, length) != 0) die("munmap");
    live[i] = live[--live_count];
    held -= pages(length);
    return;
  }
  errno = EINVAL;
  die("the list unmaps what it has not mapped");
}

static long long vm_size_kib(void) {
  char text[4096];
  int fd = open("/proc/self/status", O_RDONLY);
  if (fd < 0) die("/proc/self/status");
  ssize_t got = read(fd, text, sizeof text - 1);
  close(fd);
  if (got <= 0) die("/proc/self/status");
  text[got] = 0;
  const char* line = strstr(text, "VmSize:");
  return line ? atoll(line + 7) : -1;
}

// One line at a time, straight from the descriptor: stdio would allocate.
static int next_line(char* line, size_t room) {
  size_t used = 0;
  char c;
  for (;;) {
    ssize_t got = read(0, &c, 1);
    if (got == 0) return 0;
    if (got < 0) die("standard input");
    if (c == '\n') break;
    if (used + 1 < room) line[used++] = c;
  }
  line[used] = 0;
  return 1;
}

static long long now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void wait_until(long long ns) {
  struct timespec at = {ns / 1000000000, ns % 1000000000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR) continue;
}

int main(int argc, char** argv) {
  if (argc < 3) {
    dprintf(2, "usage: known NAME LENGTH...\n");
    return 2;
  }
  prctl(PR_SET_NAME, argv[1]);
  char line[64];
  while (next_line(line, sizeof line)) {
    const char* second = strchr(line, ' ');
    long times = line[0] ? atol(line) : 1;
    long per_second = second ? atol(second) : 0;
    long long began = now_ns();
    for (long t = 0; t < times; t++) {
      if (per_second > 0) wait_until(began + t * 1000000000LL / per_second);
      for (int i = 2; i < argc; i++) {
        long long length = atoll(argv[i]);
        if (strchr(argv[i], '!'))
          ask_too_much(length);
        else if (length > 0)
          map(length);
        else
          unmap(-length);
      }
    }
    // Not dprintf to a descriptor: that allocates, after VMSIZE was read.
    int length = snprintf(line, sizeof line, "%d %lld %lld %lld\n", getpid(), held, vm_size_kib(),
                          (now_ns() - began) / 1000000);
    if (write(1, line, length) != length) die("standard output");
  }
  return 0;
}
