// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is left out on purpose
 */
#include <linux/moduleparam.h>

#include "filter.h"

pid_t memmon_filter_tgid __read_mostly;

static int tgid;
module_param(tgid, int, 0644);
MODULE_PARM_DESC(tgid, "record this process only, from the next open on (0: all of them)");

void memmon_filter_begin(void)
{
	WRITE_ONCE(memmon_filter_tgid, READ_ONCE(tgid));
}
