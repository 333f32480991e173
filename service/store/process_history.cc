// SPDX-License-Identifier: Apache-2.0

#include "store/process_history.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "store/capture_rows.h"
#include "store/history_gaps.h"
#include "store/history_step.h"
#include "store/process_steps.h"
#include "store/query_sql.h"

namespace memmon::store {
namespace {

void AddSums(const CallSums& sums, HistoryPoint* point) {
  point->requested_bytes += sums.requested_bytes;
  point->released_bytes += sums.released_bytes;
  point->mmap_count += sums.mmap_count;
  point->munmap_count += sums.munmap_count;
  point->failed_count += sums.failed_count;
}

HistoryPoint PointAt(int64_t step_us, uint64_t held, uint64_t size) {
  HistoryPoint point;
  point.time_unix_ns = step_us * 1000;
  point.held_bytes = held;
  point.virtual_size_bytes = point.max_virtual_size_bytes = size;
  return point;
}

ImageFold FoldAfter(const std::optional<RollupStep>& before) {
  if (!before || before->image.mm_id == 0) return {};
  return ImageFold(before->image, before->last_us, before->held, before->ticket,
                   before->size_bytes);
}

HistoryPoint PointAt(int64_t step_us, const RollupStep& step) {
  return PointAt(step_us, static_cast<int64_t>(step.held) > 0 ? step.held : 0, step.size_bytes);
}

std::vector<HistoryPoint> PointsFromRollups(const std::optional<RollupStep>& before,
                                            const std::vector<RollupStep>& steps,
                                            const StepRange& range) {
  std::vector<HistoryPoint> points;
  if (before) points.push_back(PointAt(range.start_us, *before));
  for (const RollupStep& step : steps) {
    HistoryPoint point = PointAt(step.step_us, step);
    // It begins with what the one before ended with.
    point.max_virtual_size_bytes =
        std::max(step.max_size_bytes, points.empty() ? 0 : points.back().virtual_size_bytes);
    AddSums(step.sums, &point);
    if (step.step_us == range.start_us) points.clear();
    points.push_back(point);
  }
  return points;
}

// `events` begin some steps before the range, where `fold` stands.
std::vector<HistoryPoint> PointsFromEvents(ImageFold fold, const std::vector<EventStep>& events,
                                           const StepRange& range) {
  std::vector<HistoryPoint> points;
  const auto open = [&](int64_t step_us) {
    points.push_back(PointAt(step_us, fold.held_bytes(), fold.size_bytes()));
  };
  bool begun = false;
  for (const EventStep& event : events) {
    if (event.step_us >= range.end_us) break;
    if (event.step_us >= range.start_us) {
      if (!std::exchange(begun, true) && fold.known()) open(range.start_us);
      if (points.empty() || points.back().time_unix_ns != event.step_us * 1000) {
        open(event.step_us);
      }
      HistoryPoint& point = points.back();
      AddSums(event.sums, &point);
      if (event.piece.first_us) {
        point.max_virtual_size_bytes = std::max(point.max_virtual_size_bytes, event.max_size_bytes);
      }
    }
    fold.Add(event.piece);
    if (begun) {
      HistoryPoint& point = points.back();
      point.held_bytes = fold.held_bytes();
      point.virtual_size_bytes = fold.size_bytes();
      point.max_virtual_size_bytes = std::max(point.max_virtual_size_bytes, fold.size_bytes());
    }
  }
  if (!begun && fold.known()) open(range.start_us);
  return points;
}

class Reading {
 public:
  Reading(Transaction* work, const HistoryQuery& query, int64_t host_id,
          const StoredProcess& process, std::vector<StoredCapture> captures)
      : work_(work),
        query_(query),
        process_(process),
        captures_(std::move(captures)),
        ref_{host_id, process.boot_row, process.process.key, captures_.front().page_size_bytes},
        coverage_(ReadCoverage(work, host_id)) {}

  ProcessHistory Run(int64_t now_us) {
    ProcessHistory history;
    history.process = process_.process;
    history.realtime_offset_ns = captures_.back().realtime_offset_ns;
    history.last_stored_unix_ns = FindLastStored(work_, ref_.host_id) * 1000;
    const auto [start_us, end_us] = Span(now_us);
    if (start_us >= end_us) {
      history.step_ns = kSecondUs * 1000;
      return history;
    }
    const int64_t step_us = ChooseStepUs(start_us, end_us, query_.max_points,
                                         end_us - start_us > kLongestRawUs ? kMinuteUs : kSecondUs);
    StepRange range = Whole(start_us, end_us, step_us);
    if (step_us >= kMinuteUs || !ReadEvents(range, &history.points)) {
      range =
          Whole(start_us, end_us,
                ChooseStepUs(start_us, end_us, query_.max_points, coverage_.FinestUs(start_us)));
      history.from_rollups = range.step_us > step_us;
      const auto before = Before(range.start_us);
      history.points =
          PointsFromRollups(before, ReadRollupSteps(work_, ref_, coverage_, before, range), range);
    }
    history.step_ns = range.step_us * 1000;
    if (!history.points.empty()) {
      history.process.held_bytes = history.points.back().held_bytes;
      history.process.virtual_size_bytes = history.points.back().virtual_size_bytes;
    }
    history.gaps = FindGaps(work_, ref_.host_id, captures_, range);
    return history;
  }

 private:
  static StepRange Whole(int64_t start_us, int64_t end_us, int64_t step_us) {
    return {FloorTo(start_us, step_us), CeilTo(end_us, step_us), step_us};
  }

  // What was asked for, without the time in which the process did not live or
  // nothing was stored.
  std::pair<int64_t, int64_t> Span(int64_t now_us) const {
    int64_t end_us = query_.end_unix_ns != 0 ? FloorUs(query_.end_unix_ns + 999) : now_us;
    const StoredCapture* latest = &captures_.front();
    int64_t last_us = 0;
    for (const StoredCapture& capture : captures_) {
      if (capture.begin_us < end_us) latest = &capture;
      last_us = std::max(last_us, capture.last_us);
    }
    int64_t start_us = query_.start_unix_ns != 0 ? FloorUs(query_.start_unix_ns) : latest->begin_us;
    start_us = std::max({start_us, process_.begin_us, captures_.front().begin_us, int64_t{0}});
    end_us = std::min({end_us, last_us + 1, process_.end_us.value_or(last_us) + 1});
    return {start_us, end_us};
  }

  // Where the process stood then, in the capture that ran.
  std::optional<RollupStep> Before(int64_t time_us) {
    const StoredCapture* ran = &captures_.front();
    for (const StoredCapture& capture : captures_) {
      if (capture.begin_us <= time_us) ran = &capture;
    }
    const int64_t begin_us = std::max({ran->begin_us, process_.begin_us, int64_t{0}});
    return ReadRollupBefore(work_, ref_, coverage_, {ran->capture_row, begin_us}, time_us);
  }

  // False where events of the range are not kept any more, or there are too many.
  bool ReadEvents(const StepRange& range, std::vector<HistoryPoint>* points) {
    // Whole minutes: what is before them adds up from minutes, and what is in
    // them must agree.
    const StepRange minutes = Whole(range.start_us, range.end_us, kMinuteUs);
    if (minutes.start_us < coverage_.minutes_since_us ||
        CountAllCalls(work_, ref_.host_id, minutes, kMostRawEvents) > kMostRawEvents) {
      return false;
    }
    const auto before = Before(minutes.start_us);
    uint64_t calls_in_minutes = 0;
    for (const RollupStep& minute : ReadRollupSteps(
             work_, ref_, coverage_, before, {minutes.start_us, minutes.end_us, kMinuteUs})) {
      calls_in_minutes += minute.sums.succeeded_count();
    }
    const auto events =
        ReadEventSteps(work_, ref_, {minutes.start_us, minutes.end_us, range.step_us});
    uint64_t calls = 0;
    for (const EventStep& event : events) calls += event.sums.succeeded_count();
    if (calls < calls_in_minutes) return false;
    *points = PointsFromEvents(FoldAfter(before), events, range);
    return true;
  }

  Transaction* const work_;
  const HistoryQuery& query_;
  const StoredProcess& process_;
  const std::vector<StoredCapture> captures_;  // of its boot; never empty
  const ProcessRef ref_;
  const RollupCoverage coverage_;
};

}  // namespace

absl::StatusOr<ProcessHistory> ReadProcessHistory(Transaction* work, const std::string& machine_id,
                                                  const HistoryQuery& query, int64_t now_us) {
  const int64_t host_id = FindHost(work, machine_id);
  const int64_t before_us = query.end_unix_ns != 0 ? FloorUs(query.end_unix_ns + 999) : now_us;
  const auto process =
      host_id == 0 ? std::nullopt : FindProcess(work, host_id, query.process, before_us);
  if (!process) {
    return absl::NotFoundError(
        absl::StrCat("no process ", query.process.tgid,
                     query.process.start_ns == 0
                         ? std::string()
                         : absl::StrCat(" that began at ", query.process.start_ns, " ns"),
                     " is stored; ListProcesses tells which there are"));
  }
  return Reading(work, query, host_id, *process, FindCaptures(work, host_id, process->boot_row))
      .Run(now_us);
}

}  // namespace memmon::store
