// SPDX-License-Identifier: Apache-2.0
//
// Every process that was seen, and its exact totals. Fed by the pump; looked
// at by the API, which asks for what changed since it last looked.
//
// The figures, exactly. Records of different CPUs come in any order; none of
// these depends on it, but where it says so.
//
// virtual_size_bytes  of the process's address space: the total that came with
//     the highest ticket (see kmod/uapi/memmon.h). Processes that share an
//     address space all show its size. A child whose own is not known yet
//     shows its parent's. An ended process shows what it had last.
// uncertain  no total of its address space is younger than the latest loss, on
//     any CPU, and no RESYNC_END said since that all sizes are settled; living
//     processes only. About the size alone: what a lost record would have added
//     to the sums below stays unknown.
// held_bytes  successful mmaps - successful munmaps of the process, each
//     length rounded up to whole pages, since the capture began or since its
//     latest exec, whichever is later. A signed sum, shown as 0 while it is
//     below 0: giving back what was there before the capture began does not
//     hide what was asked for since, once the sum is above 0 again. Lengths as
//     asked: MAP_FIXED over a mapping, or munmap of a hole, count in full;
//     mremap, brk and stack do not. A child starts with 0; a vfork child's
//     calls are its own. What the kernel maps for a new image before the EXEC
//     record is not counted: the sum is of the calls that the program made,
//     those strace shows after execve.
// requested_bytes  lengths of successful mmaps as asked, not rounded; with the
//     counts it goes on over exec.
// mmap_count, munmap_count  successful calls; failed_count: those the kernel
//     refused, mremap too. A call whose result is not known counts as
//     successful.
//
// Kernel threads are left out. A process ends with its EXIT, when its tgid is
// seen with a later start, or when all were told again and it was not. Records
// that come after a process was forgotten do not bring it back.
//
// Thread safety: all methods, from any thread. Take holds the lock for one
// batch, the readers for a copy of what changed.

#ifndef MEMMON_PROCESSES_PROCESS_TABLE_H_
#define MEMMON_PROCESSES_PROCESS_TABLE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "model/process.h"
#include "model/process_calls.h"
#include "model/sink.h"

namespace memmon::processes {

struct ProcessTableOptions {
  // Ended processes stay visible so long, and at most so many of them.
  uint64_t keep_ended_ns = 60'000'000'000;
  size_t max_ended = 2'000;
  // Living processes that are told apart. The events of any beyond them are
  // in no sum, and counted: HostTotals::untracked_count.
  size_t max_living = 100'000;
};

class ProcessTable : public model::Sink {
 public:
  explicit ProcessTable(ProcessTableOptions options = {});
  ~ProcessTable() override;

  void Take(const model::SharedBatch& batch) override;

  // Everything, in a fresh look (epoch 0 means "never looked"), or what
  // changed since (epoch, revision). A snapshot where changes since then are
  // not known any more: another capture began, or too much time went by.
  model::ProcessChanges ChangesSince(uint64_t epoch, uint64_t revision) const;

  // As they are now; those that are not known are left out.
  std::vector<model::Process> Get(const std::vector<model::ProcessKey>& keys) const;

  // What a process has called, of all events since the capture began; nothing where it is
  // not known. With a start of 0: the one of that id that lives.
  std::optional<model::ProcessCalls> CallsOf(const model::ProcessKey& key) const;

  model::HostTotals Totals() const;

  // What /proc knows and the stream does not. Ignored for unknown processes.
  void SetCommandLine(const model::ProcessKey& key, std::string_view line);
  void SetContainer(const model::ProcessKey& key, std::string_view container);
  void SetUserName(const model::ProcessKey& key, std::string_view name);
  void SetParent(const model::ProcessKey& key, uint32_t parent_tgid);

  // What of each is in RAM. Living processes that are not among them are not
  // known to have anything there: 0.
  void SetResident(const absl::flat_hash_map<model::ProcessKey, uint64_t>& bytes);
  // Nobody reads it any more.
  void ForgetResident();
  std::vector<model::ProcessKey> LivingKeys() const;
  // `look` is called, from any thread, whenever somebody asks for changes; it must
  // be quick. Once this has returned, the `look` before is not called any more.
  void OnLook(std::function<void()> look);

  // For who asks once, and so before there is anything: a look, and a wait for SetResident, of
  // `limit` at most. Says whether what is in RAM is known; at once where it is, where nobody is
  // told of looks (a recording), and where nobody lives.
  bool WaitForResident(std::chrono::milliseconds limit) const;

  // Living processes that should be looked up: those that are new, that ran exec,
  // or whose user or cgroup is another. At most `max`, oldest first; each is given
  // once.
  std::vector<model::ProcessKey> TakeUnresolved(size_t max);
  // Whether TakeUnresolved would give any; takes no lock.
  bool has_unresolved() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_PROCESS_TABLE_H_
