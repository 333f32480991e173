// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order in which memmon comes up and goes down
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>

#include "chardev.h"
#include "dirty.h"
#include "header.h"
#include "hooks.h"
#include "procfs.h"
#include "ring.h"
#include "ticket.h"
#include "wakeup.h"

static int __init memmon_init(void)
{
	int err;

	memmon_ticket_init();
	memmon_wakeup_init();
	memmon_dirty_init();

	err = memmon_ring_init();
	if (err)
		goto err_ring;

	err = memmon_header_init();
	if (err)
		goto err_ring;

	err = memmon_hooks_init();
	if (err)
		goto err_ring;

	err = memmon_procfs_init();
	if (err)
		goto err_procfs;

	err = memmon_chardev_init();
	if (err)
		goto err_chardev;

	pr_info("loaded; %s is there to be read\n", MEMMON_DEVICE);
	return 0;

err_chardev:
	memmon_procfs_exit();
err_procfs:
	memmon_hooks_exit();
err_ring:
	return err;
}

static void __exit memmon_exit(void)
{
	memmon_chardev_exit();
	memmon_procfs_exit();
	memmon_hooks_exit();
}

module_init(memmon_init);
module_exit(memmon_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Records who asks for address space, how much, and what came of it");
MODULE_AUTHOR("The memmon authors");
MODULE_VERSION("0.1.0");
