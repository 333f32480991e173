// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes do_mmap's only room for a direct caller, as BPF's fexit programs do:
 * memmon has to do without.
 */
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/linkage.h>
#include <linux/module.h>
#include <linux/version.h>
#include <asm/ibt.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define register_ftrace_direct register_ftrace_direct_multi
#define unregister_ftrace_direct(ops, address, free) unregister_ftrace_direct_multi(ops, address)
#endif

/* Straight into the function. */
void rival_trampoline(void);
asm("	.pushsection .text, \"ax\", @progbits\n"
    "	.type rival_trampoline, @function\n"
    "rival_trampoline:\n"
	ASM_ENDBR
	ASM_RET
    "	.size rival_trampoline, .-rival_trampoline\n"
    "	.popsection\n");

static struct ftrace_ops ops;
static struct kprobe find = { .symbol_name = "do_mmap", .flags = KPROBE_FLAG_DISABLED };

static int __init rival_init(void)
{
	int err = register_kprobe(&find);

	if (err)
		return err;
	err = ftrace_set_filter_ip(&ops, (unsigned long)find.addr, 0, 0);
	unregister_kprobe(&find);
	if (!err)
		err = register_ftrace_direct(&ops, (unsigned long)rival_trampoline);
	/* Where memmon was first: the filter is ours to free, as at the end. */
	if (err)
		ftrace_free_filter(&ops);
	return err;
}

static void __exit rival_exit(void)
{
	unregister_ftrace_direct(&ops, (unsigned long)rival_trampoline, false);
	ftrace_free_filter(&ops);
}

module_init(rival_init);
module_exit(rival_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("A direct caller of do_mmap() that does nothing");
