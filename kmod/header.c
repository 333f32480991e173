// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first record of a capture
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/utsname.h>
#include <linux/uuid.h>

#include "header.h"
#include "hooks.h"
#include "ring.h"

static uuid_t boot_id __ro_after_init;

/* The first bytes of a file of /proc, as text. Its length or an error. */
static ssize_t header_read_proc(const char *path, char *to, size_t size)
{
	struct file *file = filp_open(path, O_RDONLY, 0);
	loff_t pos = 0;
	ssize_t len;

	if (IS_ERR(file))
		return PTR_ERR(file);
	len = kernel_read(file, to, size - 1, &pos);
	filp_close(file, NULL);
	to[max_t(ssize_t, len, 0)] = 0;
	return len;
}

int __init memmon_header_init(void)
{
	static const char path[] = "/proc/sys/kernel/random/boot_id";
	char text[UUID_STRING_LEN + 1];
	ssize_t len = header_read_proc(path, text, sizeof(text));
	int err = len < 0 ? len : uuid_parse(text, &boot_id);

	if (err)
		pr_err("cannot read %s (%d), which names the boot\n", path, err);
	return err;
}

/* The kernel tells modules of RAM, but not of swap. 0 when it is not known. */
static u64 header_swap_bytes(void)
{
	char text[1024];
	unsigned long long kib;
	const char *line;

	if (header_read_proc("/proc/meminfo", text, sizeof(text)) < 0)
		return 0;
	line = strstr(text, "SwapTotal:");
	if (!line || sscanf(line, "SwapTotal: %llu kB", &kib) != 1)
		return 0;
	return kib << 10;
}

void memmon_header_fill(struct memmon_header *header, u32 capture)
{
	memset(header, 0, sizeof(*header));
	header->kind = MEMMON_HEADER;
	header->cpu = MEMMON_CPU_NONE;
	header->time_ns = ktime_get_boottime_ns();
	header->magic = MEMMON_MAGIC;
	header->abi_version = MEMMON_ABI_VERSION;
	header->record_size = MEMMON_RECORD_SIZE;
	export_uuid(header->boot_id, &boot_id);
	header->realtime_offset_ns = ktime_to_ns(ktime_mono_to_any(0, TK_OFFS_REAL)) -
				     ktime_to_ns(ktime_mono_to_any(0, TK_OFFS_BOOT));
	header->ram_bytes = (u64)totalram_pages() << PAGE_SHIFT;
	header->page_size = PAGE_SIZE;
	header->cpu_count = nr_cpu_ids;
	header->coverage = memmon_hooks_coverage();
	header->capture = capture;
	header->ring_records = memmon_ring_records;
	strscpy((char *)header->release, utsname()->release, sizeof(header->release));
}

void memmon_header_complete(struct memmon_header *header)
{
	header->swap_bytes = header_swap_bytes();
}
