// SPDX-License-Identifier: Apache-2.0

#include "api/process_producer.h"

#include <algorithm>
#include <utility>

#include "api/convert.h"

namespace memmon::api {

ProcessProducer::ProcessProducer(const processes::ProcessTable* table, ProcessStreamOptions options)
    : table_(table),
      interval_(options.interval),
      selection_(std::move(options.filter), options.order, options.limit) {}

bool ProcessProducer::Next(bool last, v1::StreamProcessesResponse* message,
                           Clock::time_point* again) {
  if (position_ < changes_.processes.size()) {
    Fill(message);
    return true;
  }
  Clock::time_point now = Clock::now();
  if (now < due_ && !last) {
    *again = std::min(*again, due_);
    return false;
  }
  due_ = now + interval_;
  changes_ = table_->ChangesSince(table_epoch_, table_revision_);
  table_epoch_ = changes_.epoch;
  table_revision_ = changes_.revision;
  if (selection_.selects()) {
    selection_.Apply([this](const auto& keys) { return table_->Get(keys); }, &changes_);
  }
  if (!changes_.snapshot && changes_.processes.empty() && changes_.removed.empty()) {
    *again = std::min(*again, due_);
    return false;
  }
  position_ = 0;
  Fill(message);
  return true;
}

void ProcessProducer::Fill(v1::StreamProcessesResponse* message) {
  bool begins_snapshot = changes_.snapshot && position_ == 0;
  if (begins_snapshot) {
    epoch_ = std::max(epoch_ + 1, changes_.epoch);
    revision_ = 0;
  } else {
    ++revision_;
  }
  message->set_epoch(epoch_);
  message->set_revision(revision_);
  message->set_snapshot(begins_snapshot);
  size_t end = std::min(changes_.processes.size(), position_ + kMaxProcessesPerMessage);
  message->mutable_processes()->Reserve(static_cast<int>(end - position_));
  for (; position_ < end; ++position_) {
    ToProto(changes_.processes[position_], changes_.totals.realtime_offset_ns,
            message->add_processes());
  }
  ToProto(changes_.totals, message->mutable_totals());
  if (position_ < changes_.processes.size()) return;
  for (const model::ProcessKey& key : changes_.removed) ToProto(key, message->add_removed());
  changes_ = {};
  position_ = 0;
}

}  // namespace memmon::api
