/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/memmon
 */
#ifndef _MEMMON_CHARDEV_H
#define _MEMMON_CHARDEV_H

#include <linux/types.h>

int memmon_chardev_init(void);
void memmon_chardev_exit(void);

/* The number of the capture that runs or ran last (0: none), and does it run? */
u32 memmon_chardev_capture(bool *runs);

#endif /* _MEMMON_CHARDEV_H */
