// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a probe costs that does nothing: on the functions memmon stands in.
 * kind=0: entry probes; kind=1: return probes.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

static int kind;
module_param(kind, int, 0444);
MODULE_PARM_DESC(kind, "0: entry probes, 1: return probes");

static int empty_entry(struct kprobe *p, struct pt_regs *regs)
{
	return 0;
}

static int empty_return(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	return 0;
}

static struct kprobe entries[] = {
	{ .symbol_name = "do_mmap", .pre_handler = empty_entry },
	{ .symbol_name = "__vm_munmap", .pre_handler = empty_entry },
};

static struct kretprobe returns[] = {
	{ .kp.symbol_name = "do_mmap", .handler = empty_return },
	{ .kp.symbol_name = "__vm_munmap", .handler = empty_return },
};

static struct kprobe *entry_list[] = { &entries[0], &entries[1] };
static struct kretprobe *return_list[] = { &returns[0], &returns[1] };

static int __init empty_probes_init(void)
{
	return kind ? register_kretprobes(return_list, ARRAY_SIZE(return_list)) :
		      register_kprobes(entry_list, ARRAY_SIZE(entry_list));
}

static void __exit empty_probes_exit(void)
{
	if (kind)
		unregister_kretprobes(return_list, ARRAY_SIZE(return_list));
	else
		unregister_kprobes(entry_list, ARRAY_SIZE(entry_list));
}

module_init(empty_probes_init);
module_exit(empty_probes_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Probes that do nothing, to compare memmon with");
