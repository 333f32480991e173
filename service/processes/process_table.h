// SPDX-License-Identifier: Apache-2.0
//
// Every process that was seen, and its exact totals. Fed by the pump; looked
// at by the API, which asks for what changed since it last looked.
//
// Exactness: an address space's size is the total that came with its highest
// ticket (see kmod/uapi/memmon.h); a loss on any CPU marks every living
// process uncertain until its next record.
//
// Thread safety: all methods, from any thread. Take holds the lock for one
// batch, the readers for a copy of what changed.

#ifndef MEMMON_PROCESSES_PROCESS_TABLE_H_
#define MEMMON_PROCESSES_PROCESS_TABLE_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "model/process.h"
#include "model/sink.h"

namespace memmon::processes {

struct ProcessTableOptions {
  // Ended processes stay visible so long, and at most so many of them.
  uint64_t keep_ended_ns = 60'000'000'000;
  size_t max_ended = 2'000;
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

  model::HostTotals Totals() const;

  // What /proc knows and the stream does not. Ignored for unknown processes.
  void SetCommandLine(const model::ProcessKey& key, std::string_view line);
  void SetParent(const model::ProcessKey& key, uint32_t parent_tgid);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace memmon::processes

#endif  // MEMMON_PROCESSES_PROCESS_TABLE_H_
