/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The first record of a capture
 */
#ifndef _MEMMON_HEADER_H
#define _MEMMON_HEADER_H

#include "uapi/memmon.h"

/* Reads what stays as it is while the machine is up. 0 or an error, told. */
int memmon_header_init(void);

/* Fills HEADER of the capture numbered @capture, which begins now. */
void memmon_header_fill(struct memmon_header *header, u32 capture);

/*
 * Adds what is read out of /proc. Not in open(): the lock of all misc devices is held
 * there, and who reads /proc/misc takes it under the lock of a file of /proc.
 */
void memmon_header_complete(struct memmon_header *header);

#endif /* _MEMMON_HEADER_H */
