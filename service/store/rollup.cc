// SPDX-License-Identifier: Apache-2.0

#include "store/rollup.h"

#include <algorithm>
#include <limits>

#include "model/sum.h"

namespace memmon::store {

using model::Event;
using model::EventKind;

namespace {

constexpr int64_t kNsPerMinute = 60'000'000'000;

void AddTo(int64_t* sum, int64_t bytes) {
  if (__builtin_add_overflow(*sum, bytes, sum)) {
    *sum = bytes > 0 ? std::numeric_limits<int64_t>::max() : std::numeric_limits<int64_t>::min();
  }
}

// Whether it tells of what a process does. An address space's end is told by
// whoever let go of it last, and what a kernel thread does is nobody's call.
bool IsOfAProcess(const Event& event) {
  return event.kind != EventKind::kLost && event.kind != EventKind::kResyncEnd &&
         event.kind != EventKind::kMmExit && event.tgid != 0 &&
         (event.flags & model::kFlagKernelThread) == 0;
}

bool HasSize(const Event& event) {
  return (event.flags & model::kFlagNoAddressSpace) == 0 && event.mm_id != 0;
}

// `may_be_last`: of an address space that the process had when the minute ended.
void ApplySize(const Event& event, bool may_be_last, ProcessMinute* row) {
  row->max_virtual_size_bytes = std::max(row->max_virtual_size_bytes, event.virtual_size_bytes);
  if (!may_be_last) return;
  const bool newer = event.mm_id == row->last_mm_id ? event.ticket > row->last_ticket
                                                    : event.time_ns >= row->last_ns;
  if (row->last_mm_id != 0 && !newer) return;
  row->virtual_size_bytes = event.virtual_size_bytes;
  row->last_ns = event.time_ns;
  row->last_mm_id = event.mm_id;
  row->last_ticket = event.ticket;
}

}  // namespace

void Rollup::Begin(int32_t capture, uint32_t page_size_bytes) {
  Rollback();
  if (capture == capture_ && processes_.size() <= kMaxProcesses) return;
  capture_ = capture;
  page_mask_ = page_size_bytes - 1;
  processes_.clear();
  recent_ = {};
  ended_.clear();
  awaiting_.clear();
}

void Rollup::Add(const Event& event, int64_t unix_ns, bool counted) {
  if (!IsOfAProcess(event)) return;
  Entry* const entry = Find(event.process());
  Program& program = entry->second.program;
  const int64_t minute = unix_ns / kNsPerMinute;
  const uint64_t mm_before = program.mm_id();
  const bool has_size = HasSize(event);

  bool of_today = true;
  switch (event.kind) {
    case EventKind::kStack:  // may be another process's
    case EventKind::kExit:
      of_today = mm_before == 0 || event.mm_id == mm_before;
      break;
    case EventKind::kFork:
      if (mm_before == event.mm_id) program.Settle();  // its records came before it
      [[fallthrough]];
    case EventKind::kBaseline:
      if (has_size) of_today = program.Enter(event, minute, /*awaits_exec=*/false);
      break;
    default:
      if (has_size) of_today = program.Enter(event, minute, /*awaits_exec=*/true);
      break;
  }
  if (event.kind == EventKind::kExit) ended_in_chunk_.push_back(event.process());

  ProcessMinute* row = counted ? &RowOf(entry, minute) : nullptr;
  // A late record of the program before still counts in an earlier minute.
  const bool of_before = !of_today && minute < program.since_minute();
  if (row != nullptr && has_size && (of_today || event.kind != EventKind::kStack)) {
    ApplySize(event, of_today || of_before, row);
  }

  if (event.kind == EventKind::kExec && of_today) {
    Program::Kept kept = program.Exec(event);
    if (row != nullptr && kept.begins_anew) {
      row->exec_ns = kept.exec_ns;
      row->held_change_bytes = 0;
      for (const Program::Change& change : kept.changes) {
        if (change.minute == minute) AddTo(&row->held_change_bytes, change.bytes);
      }
    }
    return;
  }
  if (event.kind == EventKind::kResync && of_today && mm_before != 0 &&
      mm_before != program.mm_id()) {
    const uint64_t exec_ns = program.Replaced(event);
    if (row != nullptr) {
      row->exec_ns = exec_ns;
      row->held_change_bytes = 0;
    }
    return;
  }
  if (event.failed()) {
    if (row != nullptr) ++row->failed_count;
    return;
  }
  if (event.kind != EventKind::kMmap && event.kind != EventKind::kMunmap) return;
  const bool gives_back = event.kind == EventKind::kMunmap;
  const auto pages = static_cast<int64_t>(
      std::min((event.length_bytes + page_mask_) & ~page_mask_, model::kMaxSum));
  const int64_t change = gives_back ? -pages : pages;
  const bool holds =
      of_today ? program.Add({minute, has_size ? event.ticket : 0, change}, counted) : of_before;
  if (row == nullptr) return;
  ++(gives_back ? row->munmap_count : row->mmap_count);
  model::AddToSum(gives_back ? &row->released_bytes : &row->requested_bytes, event.length_bytes);
  if (!holds || (of_before && event.time_ns < row->exec_ns)) return;
  AddTo(&row->held_change_bytes, change);
}

Rollup::Entry* Rollup::Find(const model::ProcessKey& key) {
  Entry*& recent = recent_[key.tgid % recent_.size()];
  if (recent == nullptr || !(recent->first == key)) recent = &*processes_.try_emplace(key).first;
  if (!recent->second.in_chunk) {
    recent->second.in_chunk = true;
    recent->second.row = kNoRow;
    before_.emplace_back(key, recent->second.program);
  }
  return recent;
}

ProcessMinute& Rollup::RowOf(Entry* entry, int64_t minute) {
  size_t& row = entry->second.row;
  if (row != kNoRow && rows_[row].minute == minute) return rows_[row];
  const auto [found, is_new] = row_of_.try_emplace({entry->first, minute}, rows_.size());
  if (is_new) rows_.push_back({.process = entry->first, .minute = minute});
  row = found->second;
  return rows_[row];
}

void Rollup::Commit() {
  for (const auto& [key, program] : before_) {
    Followed& followed = processes_.find(key)->second;
    followed.in_chunk = false;
    if (followed.program.remembers() && !followed.awaits) Await(key, &followed);
  }
  before_.clear();
  rows_.clear();
  row_of_.clear();
  ended_.insert(ended_.end(), ended_in_chunk_.begin(), ended_in_chunk_.end());
  ended_in_chunk_.clear();
  while (ended_.size() > kMaxEnded) {
    Entry*& recent = recent_[ended_.front().tgid % recent_.size()];
    if (recent != nullptr && recent->first == ended_.front()) recent = nullptr;
    processes_.erase(ended_.front());
    ended_.pop_front();
  }
}

void Rollup::Await(const model::ProcessKey& key, Followed* followed) {
  followed->awaits = true;
  awaiting_.push_back(key);
  if (awaiting_.size() <= kMaxAwaiting) return;
  // It may have ended, or have its EXEC, since.
  if (const auto oldest = processes_.find(awaiting_.front()); oldest != processes_.end()) {
    oldest->second.awaits = false;
    oldest->second.program.Settle();
  }
  awaiting_.pop_front();
}

void Rollup::Rollback() {
  for (auto& [key, program] : before_) {
    Followed& followed = processes_.find(key)->second;
    followed.program = std::move(program);
    followed.in_chunk = false;
  }
  before_.clear();
  rows_.clear();
  row_of_.clear();
  ended_in_chunk_.clear();
}

}  // namespace memmon::store
