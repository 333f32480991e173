// SPDX-License-Identifier: Apache-2.0

#include "ctl/process_set.h"

#include <algorithm>
#include <compare>

namespace memmon::ctl {
namespace {

uint64_t Calls(const v1::Process& process) {
  return process.mmap_count() + process.munmap_count() + process.failed_count();
}

double PerSecond(uint64_t before, uint64_t after, double elapsed_s) {
  return after <= before ? 0 : static_cast<double>(after - before) / elapsed_s;
}

std::strong_ordering Compare(v1::ProcessOrder order, const v1::Process& a, const v1::Process& b) {
  switch (order) {
    case v1::PROCESS_ORDER_VIRTUAL_SIZE_BYTES:
      return b.virtual_size_bytes() <=> a.virtual_size_bytes();
    case v1::PROCESS_ORDER_REQUESTED_BYTES:
      return b.requested_bytes() <=> a.requested_bytes();
    case v1::PROCESS_ORDER_MMAP_COUNT:
      return b.mmap_count() <=> a.mmap_count();
    case v1::PROCESS_ORDER_NAME:
      return a.name() <=> b.name();
    case v1::PROCESS_ORDER_PID:
      return a.pid() <=> b.pid();
    default:
      return b.held_bytes() <=> a.held_bytes();
  }
}

}  // namespace

void ProcessSet::Apply(const v1::StreamProcessesResponse& response) {
  if (response.snapshot()) {
    // Who is still there keeps what is known of its calls.
    std::map<Id, Entry> fresh;
    for (const v1::Process& process : response.processes()) {
      const Id id{process.pid(), process.start_ns()};
      const auto before = entries_.find(id);
      if (before != entries_.end()) fresh.emplace(id, std::move(before->second));
    }
    entries_ = std::move(fresh);
  }
  for (const v1::Process& process : response.processes()) {
    entries_[{process.pid(), process.start_ns()}].row.process = process;
  }
  for (const v1::ProcessKey& key : response.removed()) {
    entries_.erase({key.pid(), key.start_ns()});
  }
  if (response.has_totals()) totals_ = response.totals();
}

void ProcessSet::Tick(absl::Time now) {
  const double seconds = ticked_ ? absl::ToDoubleSeconds(now - *ticked_) : 0;
  ticked_ = now;
  for (auto& [id, entry] : entries_) {
    const uint64_t calls = Calls(entry.row.process);
    entry.row.calls_per_second =
        entry.calls_before && seconds > 0 ? PerSecond(*entry.calls_before, calls, seconds) : 0;
    entry.calls_before = calls;
  }
  events_per_second_ = events_before_ && seconds > 0
                           ? PerSecond(*events_before_, totals_.event_count(), seconds)
                           : 0;
  events_before_ = totals_.event_count();
}

std::vector<ProcessRow> ProcessSet::Rows() const {
  std::vector<ProcessRow> rows;
  rows.reserve(entries_.size());
  for (const auto& [id, entry] : entries_) rows.push_back(entry.row);
  return rows;
}

void Sort(v1::ProcessOrder order, bool reverse, std::vector<ProcessRow>* rows) {
  std::sort(rows->begin(), rows->end(), [&](const ProcessRow& a, const ProcessRow& b) {
    const std::strong_ordering compared = Compare(order, a.process, b.process);
    if (compared != 0) return reverse ? compared > 0 : compared < 0;
    return a.process.pid() < b.process.pid();
  });
}

}  // namespace memmon::ctl
