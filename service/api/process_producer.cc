// SPDX-License-Identifier: Apache-2.0

#include "api/process_producer.h"

#include <algorithm>
#include <utility>

#include "api/convert.h"

namespace memmon::api {

ProcessProducer::ProcessProducer(const processes::ProcessTable* table, ProcessStreamOptions options)
    : table_(table),
      interval_(options.interval),
      details_(options.details),
      selects_(options.selects()),
      selection_(std::move(options.filter), options.order, options.limit) {}

bool ProcessProducer::Next(bool last, v1::StreamProcessesResponse* message,
                           Clock::time_point* again) {
  const auto add = [&](const std::vector<model::Process>& processes) {
    for (const model::Process& process : processes) {
      ToProto(process, totals_.realtime_offset_ns, details_, message->add_processes());
    }
  };
  if (next_ < rest_.size()) {
    const size_t end = std::min(rest_.size(), next_ + kMaxProcessesPerMessage);
    Begin(/*snapshot=*/false, message);
    add(table_->Get({rest_.data() + next_, rest_.data() + end}));
    next_ = end;
    End(message);
    return true;
  }
  Clock::time_point now = Clock::now();
  if (now < due_ && !last) {
    *again = std::min(*again, due_);
    return false;
  }
  due_ = now + interval_;
  model::ProcessChanges changes = table_->ChangesSince(table_epoch_, table_revision_);
  table_epoch_ = changes.epoch;
  table_revision_ = changes.revision;
  if (selects_) {
    selection_.Apply([this](const auto& keys) { return table_->Get(keys); }, &changes);
  }
  if (!changes.snapshot && changes.processes.empty() && changes.removed.empty()) {
    *again = std::min(*again, due_);
    return false;
  }
  if (changes.snapshot) epoch_ = std::max(epoch_ + 1, changes.epoch);
  totals_ = changes.totals;
  removed_ = std::move(changes.removed);
  for (size_t i = kMaxProcessesPerMessage; i < changes.processes.size(); ++i) {
    rest_.push_back(changes.processes[i].key);
  }
  changes.processes.resize(std::min(changes.processes.size(), kMaxProcessesPerMessage));
  Begin(changes.snapshot, message);
  add(changes.processes);
  End(message);
  return true;
}

void ProcessProducer::Begin(bool snapshot, v1::StreamProcessesResponse* message) {
  revision_ = snapshot ? 0 : revision_ + 1;
  message->set_epoch(epoch_);
  message->set_revision(revision_);
  message->set_snapshot(snapshot);
}

void ProcessProducer::End(v1::StreamProcessesResponse* message) {
  ToProto(totals_, message->mutable_totals());
  if (next_ < rest_.size()) return;
  for (const model::ProcessKey& key : removed_) ToProto(key, message->add_removed());
  rest_ = {};
  removed_ = {};
  next_ = 0;
}

}  // namespace memmon::api
