// SPDX-License-Identifier: Apache-2.0

#include "api/process_producer.h"

#include <algorithm>

#include "api/convert.h"

namespace memmon::api {

ProcessProducer::ProcessProducer(const processes::ProcessTable* table,
                                 std::chrono::milliseconds interval)
    : table_(table), interval_(interval) {}

bool ProcessProducer::Next(bool last, v1::StreamProcessesResponse* message,
                           Clock::time_point* again) {
  Clock::time_point now = Clock::now();
  if (now < due_ && !last) {
    *again = std::min(*again, due_);
    return false;
  }
  due_ = now + interval_;
  model::ProcessChanges changes = table_->ChangesSince(table_epoch_, table_revision_);
  table_epoch_ = changes.epoch;
  table_revision_ = changes.revision;
  if (!changes.snapshot && changes.processes.empty() && changes.removed.empty()) {
    *again = std::min(*again, due_);
    return false;
  }
  if (changes.snapshot) {
    epoch_ = std::max(epoch_ + 1, changes.epoch);
    revision_ = 0;
  } else {
    ++revision_;
  }
  message->set_epoch(epoch_);
  message->set_revision(revision_);
  message->set_snapshot(changes.snapshot);
  message->mutable_processes()->Reserve(static_cast<int>(changes.processes.size()));
  for (const model::Process& process : changes.processes) {
    ToProto(process, changes.totals.realtime_offset_ns, message->add_processes());
  }
  for (const model::ProcessKey& key : changes.removed) ToProto(key, message->add_removed());
  ToProto(changes.totals, message->mutable_totals());
  return true;
}

}  // namespace memmon::api
