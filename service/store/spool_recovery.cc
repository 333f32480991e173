// SPDX-License-Identifier: Apache-2.0
//
// What Spool::Open finds in its directory: files of a run that may have ended
// in the middle of anything.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "store/spool.h"

namespace memmon::store {

absl::Status Spool::Recover() {
  if (auto status = ledger_.Load(); !status.ok()) {
    if (!absl::IsDataLoss(status)) return status;
    base::LogWarning("spool_damaged", {{"problem", std::string(status.message())}});
  }
  const auto numbers = directory_->Segments();
  if (!numbers.ok()) return numbers.status();
  const uint64_t lost = ledger_.segment_to_remove();
  next_number_ = std::max(lost, numbers->empty() ? 0 : numbers->back()) + 1;
  uint64_t before = 0;
  bool cut = false;
  for (const uint64_t number : *numbers) {
    if (number == lost) {
      // Its losses are told: nobody may store it any more.
      if (auto status = directory_->RemoveSegment(number); !status.ok()) return status;
      continue;
    }
    const bool after_drop = before != 0 && number != before + 1;
    before = number;
    auto status = RecoverSegment(number, after_drop, number == numbers->back(), &cut);
    if (!status.ok()) return status;
  }
  RemoveRead();
  if (!segments_.empty() || !ledger_.losses().empty()) {
    base::LogInfo("spool_found", {{"directory", options_.directory},
                                  {"events", absl::StrCat(counted().waiting())},
                                  {"losses", absl::StrCat(ledger_.losses().size())}});
  }
  return absl::OkStatus();
}

absl::Status Spool::RecoverSegment(uint64_t number, bool after_drop, bool last, bool* cut) {
  Segment segment;
  segment.number = number;
  segment.after_drop = after_drop;
  segment.after_cut = *cut;
  const std::string path = directory_->SegmentPath(number);
  auto file = SpoolSegment::Open(path, number);
  if (absl::IsDataLoss(file.status())) {
    base::LogWarning("spool_damaged", {{"problem", std::string(file.status().message())}});
    *cut = true;
    if (!segments_.empty()) segments_.back().cut = true;  // for what this run appends
    return directory_->RemoveSegment(number);
  }
  if (!file.ok()) return file.status();
  segment.file = *std::move(file);
  const SpoolSegment::Walk walk = segment.file->WalkAll();
  segment.end = walk.end;
  segment.events = walk.events;
  *cut = segment.cut = walk.end < segment.file->size();
  uint64_t lost = 0;
  if (segment.cut) {
    // What was being written when memmond or the machine ended, or damage.
    if (last && walk.torn) {
      AddLosses(LossesOf(*walk.torn, LossReason::kSpoolDamaged));
      for (const auto& part : walk.torn->parts) lost += part.event_count;
    }
    base::LogWarning("spool_cut", {{"file", path},
                                   {"kept_bytes", absl::StrCat(walk.end)},
                                   {"cut_bytes", absl::StrCat(segment.file->size() - walk.end)},
                                   {"lost_events", lost > 0 ? absl::StrCat(lost) : "unknown"}});
    if (auto status = segment.file->Cut(walk.end); !status.ok()) return status;
  }
  Count({.in = segment.events + lost, .inherited = segment.events + lost, .dropped = lost});
  bytes_ += segment.end;
  segments_.push_back(std::move(segment));
  return absl::OkStatus();
}

}  // namespace memmon::store
