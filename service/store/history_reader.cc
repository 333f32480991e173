// SPDX-License-Identifier: Apache-2.0

#include "store/history_reader.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "store/host_activity.h"
#include "store/process_history.h"

namespace memmon::store {
namespace {

constexpr int kMaxPoints = 2'000;

int64_t NowUs() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// What `read` gives, asked within one transaction.
template <typename Answer, typename Read>
absl::StatusOr<Answer> AskFor(QueryPool* pool, Deadline deadline, const Read& read) {
  absl::StatusOr<Answer> answer = Answer();
  const absl::Status status = pool->Ask(
      [&](Transaction* work) {
        answer = read(work);
        return answer.status();
      },
      deadline);
  if (!status.ok()) return status;
  return answer;
}

}  // namespace

HistoryReader::HistoryReader(QueryPool* pool, std::string machine_id, size_t most_processes)
    : pool_(pool), machine_id_(std::move(machine_id)), room_{most_processes, {}} {}

absl::StatusOr<ProcessHistory> HistoryReader::GetProcessHistory(const HistoryQuery& query) {
  if (query.max_points < 1 || query.max_points > kMaxPoints) {
    return absl::InvalidArgumentError(absl::StrCat("max_points must be 1 to ", kMaxPoints));
  }
  return AskFor<ProcessHistory>(pool_, query.deadline, [&](Transaction* work) {
    return ReadProcessHistory(work, machine_id_, query, NowUs());
  });
}

absl::StatusOr<StoredProcesses> HistoryReader::GetProcesses(const ProcessesQuery& query) {
  return AskFor<StoredProcesses>(pool_, query.deadline, [&](Transaction* work) {
    return ReadProcesses(work, machine_id_, query, &room_);
  });
}

absl::StatusOr<RequestedSummary> HistoryReader::GetRequested(const RequestedQuery& query) {
  return AskFor<RequestedSummary>(pool_, query.deadline, [&](Transaction* work) {
    return ReadRequested(work, machine_id_, query);
  });
}

absl::StatusOr<Activity> HistoryReader::GetActivity(const ActivityQuery& query) {
  if (query.max_points < 1 || query.max_points > kMaxPoints) {
    return absl::InvalidArgumentError(absl::StrCat("max_points must be 1 to ", kMaxPoints));
  }
  return AskFor<Activity>(pool_, query.deadline, [&](Transaction* work) {
    return ReadActivity(work, machine_id_, query, NowUs());
  });
}

}  // namespace memmon::store
