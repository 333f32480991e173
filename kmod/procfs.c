// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/memmon: counters, hooks and coverage, for people
 *
 * Of the capture that runs, or of the last one.
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "chardev.h"
#include "filter.h"
#include "hooks.h"
#include "procfs.h"
#include "ring.h"

/* In the order of enum memmon_kind. */
static const struct {
	u16 kind;
	const char *name;
} procfs_kinds[] = {
	{ MEMMON_MMAP, "mmap" },
	{ MEMMON_MUNMAP, "munmap" },
	{ MEMMON_MREMAP, "mremap" },
	{ MEMMON_BRK, "brk" },
	{ MEMMON_STACK, "stack" },
	{ MEMMON_SPECIAL, "special" },
	{ MEMMON_UNMAP, "unmap" },
	{ MEMMON_FORK, "fork" },
	{ MEMMON_EXEC, "exec" },
	{ MEMMON_EXIT, "exit" },
	{ MEMMON_MM_EXIT, "mm_exit" },
};

/* Those of which there was any. */
static void procfs_show_kinds(struct seq_file *seq, int cpu)
{
	struct memmon_counters counters;
	int i;

	for (i = 0; i < ARRAY_SIZE(procfs_kinds); i++) {
		memmon_ring_count_kind(cpu, procfs_kinds[i].kind, &counters);
		if (counters.hooked)
			seq_printf(seq, "%-8s %-3d %16llu %16llu %16llu %16llu\n",
				   procfs_kinds[i].name, cpu, counters.hooked, counters.delivered,
				   counters.dropped, counters.filtered);
	}
}

static int procfs_show(struct seq_file *seq, void *data)
{
	struct memmon_counters counters;
	bool runs;
	u32 capture = memmon_chardev_capture(&runs);
	int cpu;

	seq_printf(seq, "memmon %s\n", THIS_MODULE->version);
	seq_printf(seq, "abi_version %u\n", MEMMON_ABI_VERSION);
	seq_printf(seq, "capture %u %s\n", capture, runs ? "running" : "ended");
	seq_printf(seq, "ring_records %u\n", memmon_ring_records);
	seq_printf(seq, "filter_tgid %d\n", READ_ONCE(memmon_filter_tgid));
	seq_printf(seq, "coverage %#x of %#llx\n", memmon_hooks_coverage(), MEMMON_COVER_ALL);
	seq_printf(seq, "missed %llu\n\n", memmon_hooks_missed());

	seq_puts(seq, "cpu           hooked        delivered          dropped         filtered          pending\n");
	for_each_possible_cpu(cpu) {
		memmon_ring_count(cpu, &counters);
		seq_printf(seq, "%-3d %16llu %16llu %16llu %16llu %16llu\n", cpu, counters.hooked,
			   counters.delivered, counters.dropped, counters.filtered,
			   counters.pending);
	}

	seq_puts(seq, "\nkind     cpu           hooked        delivered          dropped         filtered\n");
	for_each_possible_cpu(cpu)
		procfs_show_kinds(seq, cpu);

	seq_putc(seq, '\n');
	memmon_hooks_show(seq);
	return 0;
}

int __init memmon_procfs_init(void)
{
	return proc_create_single("memmon", 0440, NULL, procfs_show) ? 0 : -ENOMEM;
}

void memmon_procfs_exit(void)
{
	remove_proc_entry("memmon", NULL);
}
