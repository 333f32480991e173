/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The contract between memmon.ko and whoever reads /dev/memmon
 *
 * The device
 * ----------
 * open(2) for reading arms the probes and begins a capture; the last close
 * disarms them. One reader at a time: a second open fails with EBUSY, one for
 * writing with EINVAL.
 *
 * read(2) returns whole records, each MEMMON_RECORD_SIZE bytes, in the byte
 * order of the machine. A buffer shorter than one record fails with EINVAL.
 * A blocking read returns as soon as at least one record is there; with
 * O_NONBLOCK an empty device fails with EAGAIN. poll(2) reports POLLIN when a
 * read would return records. There is no end of file.
 *
 * The stream
 * ----------
 * A capture is a sequence of records:
 *
 *   HEADER                    exactly one, the first record
 *   BASELINE ...              a record a process that was there at the beginning
 *   everything else ...       as it happens
 *
 * so that "cat /dev/memmon > trace" is a complete recording.
 *
 * Sequence numbers and loss
 * -------------------------
 * HEADER, BASELINE, RESYNC and RESYNC_END, which no probe makes, form a
 * sub-stream of their own, with cpu = MEMMON_CPU_NONE, of which nothing is ever
 * lost; every other record belongs to the sub-stream of the CPU it was made on.
 * A capture numbers each sub-stream from 0, without a hole: the sequence number
 * that follows a record is
 *
 *   seq + 1           for every kind but LOST
 *   seq + lost.count  for LOST, which stands in the place of lost.count
 *                     records that found no room
 *
 * A reader that sees any other number has lost records by itself. Records of
 * one CPU arrive in order; records of different CPUs interleave freely. Use
 * the ticket, never the time, to order records of one address space.
 *
 * For every CPU, at every quiet point:
 *
 *   hooked = delivered + dropped + filtered + pending
 *
 * hooked     probe hits that memmon was to record
 * delivered  records handed to read(2)
 * dropped    records that found no room, or were still pending at close
 * filtered   left out on purpose
 * pending    in the ring, not read yet (0 after close)
 * missed     the probe did not fire at all; not part of hooked, see
 *            struct memmon_counters
 *
 * The law holds for every kind by itself, too: /proc/memmon has the figures.
 * LOST and the records that no probe makes are not probe hits: none of these
 * counts them.
 *
 * Exact totals
 * ------------
 * total_vm is the size of the address space in pages, what VmSize in
 * /proc/PID/status prints, as it was after ticket was taken. Tickets grow with
 * every record of an address space. A consumer keeps the total_vm that came
 * with the highest ticket; that figure is exact once the address space is
 * quiet.
 *
 * After a loss, or where total_vm had to be read while another thread may have
 * been changing it, the sizes in question are told again by RESYNC records, as
 * soon as the reader has caught up: within some 20 ms. RESYNC_END follows
 * where something was lost, and says what is made good. (Older records of other
 * sub-streams may still be read after it: go by time_ns.)
 *
 * mm_id names an address space, and a process has the one that its youngest
 * record by time_ns names (STACK, SPECIAL and MM_EXIT may be about another
 * process's). On x86 no other ever has the same name while the module is
 * loaded; elsewhere it may be used again once its MM_EXIT record has gone by,
 * and the tickets go on growing when it is.
 *
 * Compatibility
 * -------------
 * abi_version in HEADER changes when a record's layout or meaning changes.
 * New kinds and flags may appear without a new version: skip what you do not
 * know (its seq counts). Reserved bytes and padding are zero. No kernel
 * pointer is ever in a record.
 */
#ifndef _UAPI_MEMMON_H
#define _UAPI_MEMMON_H

#include <linux/const.h>
#include <linux/ioctl.h>
#include <linux/types.h>

#define MEMMON_DEVICE "/dev/memmon"
#define MEMMON_ABI_VERSION 1
#define MEMMON_RECORD_SIZE 128
#define MEMMON_MAGIC 0x314e4f4d4d454dULL /* "MEMMON1\0" as little-endian bytes */
#define MEMMON_COMM_LEN 16
#define MEMMON_CPU_NONE 0xffff /* sub-stream of what no probe makes */

/**
 * enum memmon_kind - what a record says
 * @MEMMON_HEADER: struct memmon_header; the capture's first record.
 * @MEMMON_LOST: struct memmon_lost; records that found no room were here.
 * @MEMMON_BASELINE: a process that was there when the capture began; addr,
 *	length, prot, map_flags, result are 0. Not of kernel threads, nor of
 *	processes that have ended and wait for their parent.
 * @MEMMON_RESYNC: a process whose size is told again; fields as BASELINE's.
 * @MEMMON_RESYNC_END: start_ns is when a round of RESYNC records began, result
 *	is MEMMON_RESYNC_*; all else is 0.
 * @MEMMON_MMAP: a mapping was asked for. addr, length, prot, map_flags as
 *	asked (length in bytes, before rounding; of huge pages after it);
 *	result is the address or a negative errno. Not there for calls that are
 *	refused before the address space is looked at: a bad file descriptor,
 *	an offset that is not whole pages, MAP_HUGETLB without a huge page file.
 * @MEMMON_MUNMAP: munmap(2). addr and length as asked; result 0 or a negative
 *	errno.
 * @MEMMON_MREMAP: addr is the old address, length the new length, map_flags
 *	MREMAP_*; result is the address or a negative errno.
 * @MEMMON_BRK: addr is the break asked for; result is the break after it.
 * @MEMMON_STACK: a stack grew; addr is the faulting address; mm_id may be
 *	another process's than the current one.
 * @MEMMON_SPECIAL: a special mapping (vdso, uprobes); addr, length as placed.
 * @MEMMON_FORK: a process was born (threads and kernel threads are not); the
 *	fields are the child's, result is the parent's tgid.
 * @MEMMON_EXEC: comm and address space are the new ones.
 * @MEMMON_EXIT: the last thread of a process goes, and with it its hold on the
 *	address space; result is the exit code as wait(2) gives it.
 * @MEMMON_MM_EXIT: an address space is gone; total_vm is what it had. The
 *	process is the one that let go of it last: mostly its own, at exec or
 *	exit, but it may be any, or a kernel thread.
 * @MEMMON_UNMAP: pages were unmapped and no other record says so: shmdt(2),
 *	addr as asked, result 0 or a negative errno. (What MAP_FIXED, mremap and
 *	brk unmap shows in the total_vm of their own records.)
 */
enum memmon_kind {
	MEMMON_HEADER = 1,
	MEMMON_LOST = 2,
	MEMMON_BASELINE = 3,
	MEMMON_RESYNC = 4,
	MEMMON_RESYNC_END = 5,
	MEMMON_MMAP = 16,
	MEMMON_MUNMAP = 17,
	MEMMON_MREMAP = 18,
	MEMMON_BRK = 19,
	MEMMON_STACK = 20,
	MEMMON_SPECIAL = 21,
	MEMMON_UNMAP = 22,
	MEMMON_FORK = 32,
	MEMMON_EXEC = 33,
	MEMMON_EXIT = 34,
	MEMMON_MM_EXIT = 35,
};

/* result of MEMMON_RESYNC_END: what holds since its start_ns */
#define MEMMON_RESYNC_ALL 0x01 /* every process was told: who has no younger record has ended */
#define MEMMON_RESYNC_SETTLED 0x02 /* nothing lost before that makes a size wrong any more */

/* memmon_event.flags */
#define MEMMON_F_KTHREAD 0x01 /* made by a kernel thread: tgid is not a user process */
#define MEMMON_F_NO_MM 0x02 /* mm_id, ticket and total_vm are not known (0) */
#define MEMMON_F_COMPAT 0x04 /* a 32-bit task */
#define MEMMON_F_NO_RESULT 0x08 /* result is not known (0) */

/**
 * struct memmon_event - one event; every kind but HEADER and LOST
 * @kind: enum memmon_kind.
 * @flags: MEMMON_F_*.
 * @cpu: the CPU it was made on, or MEMMON_CPU_NONE.
 * @reserved: 0.
 * @seq: number in its sub-stream.
 * @time_ns: CLOCK_BOOTTIME when it was recorded, ns.
 * @tgid: process id, in the initial pid namespace.
 * @tid: thread id, in the initial pid namespace.
 * @start_ns: CLOCK_BOOTTIME when the process began, ns. (tgid, start_ns)
 *	names a process for as long as the machine is up.
 * @mm_id: names the address space.
 * @ticket: grows with every record of one address space.
 * @total_vm: size of the address space after the event, in pages.
 * @cgroup_id: id of the process's cgroup in the unified hierarchy.
 * @addr: address, see @kind.
 * @length: bytes, see @kind.
 * @result: see @kind.
 * @prot: PROT_* as asked.
 * @map_flags: MAP_* as asked.
 * @uid: real user id, in the initial user namespace.
 * @ns_tgid: process id as its own pid namespace knows it.
 * @comm: name of the process (of the thread group's leader); padded with 0,
 *	always ends with 0.
 */
struct memmon_event {
	__u16 kind;
	__u16 flags;
	__u16 cpu;
	__u16 reserved;
	__u64 seq;
	__u64 time_ns;
	__u32 tgid;
	__u32 tid;
	__u64 start_ns;
	__u64 mm_id;
	__u64 ticket;
	__u64 total_vm;
	__u64 cgroup_id;
	__u64 addr;
	__u64 length;
	__s64 result;
	__u32 prot;
	__u32 map_flags;
	__u32 uid;
	__u32 ns_tgid;
	__u8 comm[MEMMON_COMM_LEN];
};

/* memmon_header.coverage: which classes of change are hooked */
#define MEMMON_COVER_MMAP _BITULL(0)
#define MEMMON_COVER_MUNMAP _BITULL(1)
#define MEMMON_COVER_UNMAP _BITULL(2)
#define MEMMON_COVER_MREMAP _BITULL(3)
#define MEMMON_COVER_BRK _BITULL(4)
#define MEMMON_COVER_STACK _BITULL(5)
#define MEMMON_COVER_SPECIAL _BITULL(6)
#define MEMMON_COVER_FORK _BITULL(7)
#define MEMMON_COVER_EXEC _BITULL(8)
#define MEMMON_COVER_EXIT _BITULL(9)
#define MEMMON_COVER_MM_EXIT _BITULL(10)
#define MEMMON_COVER_ALL (_BITULL(11) - 1)

/**
 * struct memmon_header - first record of a capture
 * @kind: MEMMON_HEADER.
 * @cpu: MEMMON_CPU_NONE.
 * @seq: 0.
 * @time_ns: CLOCK_BOOTTIME when the capture began, ns.
 * @magic: MEMMON_MAGIC.
 * @abi_version: MEMMON_ABI_VERSION.
 * @record_size: MEMMON_RECORD_SIZE.
 * @boot_id: the 16 bytes of /proc/sys/kernel/random/boot_id.
 * @realtime_offset_ns: CLOCK_REALTIME - CLOCK_BOOTTIME at @time_ns, ns.
 * @ram_bytes: RAM of the machine.
 * @swap_bytes: swap of the machine.
 * @page_size: bytes.
 * @cpu_count: possible CPUs; every cpu in the stream is below it.
 * @coverage: MEMMON_COVER_*.
 * @capture: counts the captures since the module was loaded, from 1.
 * @ring_records: room of one CPU's ring, in records.
 * @release: kernel release, cut to fit, ends with 0.
 */
struct memmon_header {
	__u16 kind;
	__u16 flags;
	__u16 cpu;
	__u16 reserved;
	__u64 seq;
	__u64 time_ns;
	__u64 magic;
	__u32 abi_version;
	__u32 record_size;
	__u8 boot_id[16];
	__s64 realtime_offset_ns;
	__u64 ram_bytes;
	__u64 swap_bytes;
	__u32 page_size;
	__u32 cpu_count;
	__u32 coverage;
	__u32 capture;
	__u32 ring_records;
	__u8 release[28];
};

/**
 * struct memmon_lost - records that found no room
 * @kind: MEMMON_LOST.
 * @cpu: whose ring was full.
 * @seq: sequence number of the first one lost.
 * @time_ns: CLOCK_BOOTTIME when the first one was lost, ns.
 * @count: how many, at least 1.
 * @last_ns: CLOCK_BOOTTIME when the last one was lost, ns.
 */
struct memmon_lost {
	__u16 kind;
	__u16 flags;
	__u16 cpu;
	__u16 reserved;
	__u64 seq;
	__u64 time_ns;
	__u64 count;
	__u64 last_ns;
	__u64 reserved2[11];
};

/**
 * struct memmon_info - what MEMMON_GET_INFO fills in
 * @size: in: sizeof(struct memmon_info). EINVAL when it is smaller than
 *	version 1's; a larger one is filled up to what the module knows, and
 *	@size says how far.
 * @abi_version: MEMMON_ABI_VERSION.
 * @record_size: MEMMON_RECORD_SIZE.
 * @cpu_count: possible CPUs.
 * @ring_records: room of one CPU's ring, in records.
 * @capture: as in struct memmon_header.
 * @coverage: MEMMON_COVER_*.
 * @reserved: in: 0, else EINVAL. out: 0.
 */
struct memmon_info {
	__u32 size;
	__u32 abi_version;
	__u32 record_size;
	__u32 cpu_count;
	__u32 ring_records;
	__u32 capture;
	__u64 coverage;
	__u64 reserved[4];
};

/**
 * struct memmon_counters - what MEMMON_GET_COUNTERS fills in, of one CPU
 * @cpu: in: whose; EINVAL when not below cpu_count.
 * @flags: in: 0, else EINVAL. out: 0.
 * @hooked: probe hits.
 * @delivered: handed to read(2).
 * @dropped: found no room.
 * @filtered: left out on purpose.
 * @pending: in the ring now.
 * @missed: times a probe of the module could not fire (all CPUs together,
 *	the same in every answer).
 * @reserved: 0.
 *
 * All count from the beginning of the capture.
 */
struct memmon_counters {
	__u32 cpu;
	__u32 flags;
	__u64 hooked;
	__u64 delivered;
	__u64 dropped;
	__u64 filtered;
	__u64 pending;
	__u64 missed;
	__u64 reserved[2];
};

/*
 * ioctls of /dev/memmon, open for reading. ENOTTY for any other number,
 * EFAULT for a bad pointer, EINVAL as the structs say. The same text for
 * people, of the capture that runs or ran last: /proc/memmon.
 */
#define MEMMON_IOC 0xb9
#define MEMMON_GET_INFO _IOWR(MEMMON_IOC, 1, struct memmon_info)
#define MEMMON_GET_COUNTERS _IOWR(MEMMON_IOC, 2, struct memmon_counters)

#endif /* _UAPI_MEMMON_H */
