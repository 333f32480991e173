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

#endif /* _MEMMON_HEADER_H */
