// SPDX-License-Identifier: Apache-2.0
/*
 * changes.h - what changes.c is made of: ways to change an address space
 */
#ifndef CHANGES_H
#define CHANGES_H

#include <pthread.h>
#include <stdbool.h>

#define PAGE 4096UL

/*
 * A thread, and its window of addresses of its own, far from where the kernel
 * places mappings: whatever it does there hits no one else. What the kernel
 * placed is unmapped once and no more: others may be there at once.
 */
struct worker {
	pthread_t thread;
	unsigned long seed;
	unsigned long window;
	char stack[65536] __attribute__((aligned(16))); /* of a child that shares all memory */
};

#define WINDOW_PAGES 256UL
#define WINDOW(i) (0x100000000000UL + (i) * 0x1000000000UL)

/* changes.c: random numbers, any or one of 0 to n - 1. */
unsigned long next(struct worker *w);
unsigned long below(struct worker *w, unsigned long n);
/* Somewhere in the window, on a page. */
void *where(struct worker *w);

/* mappings.c: changes by system calls, as many as are wanted. */
void change_mappings(struct worker *w, unsigned long count);

/* The least break that move_break may set: before the first change. */
void mappings_begin(void);

/* relatives.c: a change by a child, a process beside this one, or a new thread. */
void change_with_relatives(struct worker *w);

/*
 * Children of worker @first may linger: they hold still until relatives_end(), and
 * some have become @program, a 32-bit one.
 */
void relatives_begin(struct worker *first, const char *program);
bool relatives_linger(void);
void relatives_end(void);

#endif
